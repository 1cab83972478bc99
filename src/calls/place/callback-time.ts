import { instantOf, localDay, shift, weekdayOf, weekdays } from '../admission/calling-window.ts';

type Day = ReturnType<typeof localDay>;

const months = 'january february march april may june july august september october november december'.split(' ');
const numbers = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const minuteWords: Readonly<Record<string, number>> = {
  "o'clock": 0,
  five: 5,
  ten: 10,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  'forty five': 45,
  fifty: 50,
};
const partsOfToday = ['morning', 'afternoon', 'evening'];
/** Of what was said, characters. */
const longestText = 200;
/** An hour that is said without a half of the day and is earlier than this is one of the afternoon. */
const earliestHour = 8;

/**
 * A day and a time, as YYYY-MM-DD and HH:MM or in the words of a caller in English ("next Thursday", "half past three"), as the moment
 * at which the clock of that zone shows them. Undefined: one of them is not understood.
 */
export function readCallbackTime(
  said: { day: string; time: string },
  { now, timezone }: { now: Date; timezone: string },
): Date | undefined {
  const day = readDay(said.day.toLowerCase(), localDay(now, timezone));
  const minutes = readMinutes(said.time.toLowerCase());
  return day && minutes !== undefined ? new Date(instantOf(day, minutes, timezone)) : undefined;
}

function readDay(text: string, today: Day): Day | undefined {
  const iso = /\b(\d{4})-(\d{2})-(\d{2})\b/.exec(text);
  if (iso) return existing({ year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) });
  const words: readonly string[] = text.slice(0, longestText).match(/[a-z]+|\d+/g) ?? [];
  const has = (word: string) => words.includes(word);
  if (has('tomorrow')) return shift(today, has('after') ? 2 : 1);
  if (has('today') || has('tonight') || (has('this') && words.some((word) => partsOfToday.includes(word))))
    return today;
  const unit = words.findIndex((word) => /^(?:day|week)s?$/.test(word));
  const count = unit > 1 && words[unit - 2] === 'in' ? numberOf(words[unit - 1] ?? '') : undefined;
  if (count !== undefined) return shift(today, count * (words[unit]?.startsWith('week') ? 7 : 1));
  const weekday = weekdays.findIndex((name) => words.some((word) => word.startsWith(name) && word.endsWith('day')));
  if (weekday >= 0) return shift(today, ((weekday - weekdays.indexOf(weekdayOf(today)) + 6) % 7) + 1);
  return readDate(words, today);
}

/** The fifth of May, in the year in which it comes next. */
function readDate(words: readonly string[], today: Day): Day | undefined {
  const month = months.findIndex((name) => words.includes(name)) + 1;
  const day = Number(words.find((word) => /^\d{1,2}$/.test(word)));
  if (month === 0 || !day) return undefined;
  const isPast = month < today.month || (month === today.month && day < today.day);
  return existing({ year: today.year + (isPast ? 1 : 0), month, day });
}

function readMinutes(text: string): number | undefined {
  if (/\b(?:noon|midday)\b/.test(text)) return 12 * 60;
  const afternoon = /\bp\.?\s?m\b|\b(?:afternoon|evening|tonight|at night)\b/.test(text);
  const morning = /\ba\.?\s?m\b|\bmorning\b/.test(text);
  const found =
    /\b(?:(half|quarter) (past|to) )?(\d{1,2}|[a-z]{3,6})(?:[:. ]?(\d{2})|[ ](o'clock|forty five|[a-z]{3,7}))?(?![\d])/g;
  for (const [, part, way, hourText = '', digits, words = ''] of text.matchAll(found)) {
    const said = numberOf(hourText);
    if (said === undefined || said > 23) continue;
    const minute = part
      ? (part === 'half' ? 30 : 15) * (way === 'to' ? -1 : 1)
      : digits
        ? Number(digits)
        : (minuteWords[words] ?? 0);
    if (minute > 59) continue;
    const written = /^\d{2}$/.test(hourText) && digits !== undefined && !afternoon;
    const later = said < 12 && (afternoon || (!morning && !written && said < earliestHour));
    const hour = morning && said === 12 ? 0 : later ? said + 12 : said;
    return hour * 60 + minute;
  }
  return undefined;
}

function numberOf(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  if (text === 'a' || text === 'an') return 1;
  const index = numbers.indexOf(text);
  return index < 0 ? undefined : index;
}

function existing(day: Day): Day | undefined {
  const date = new Date(Date.UTC(day.year, day.month - 1, day.day));
  return date.getUTCMonth() === day.month - 1 && date.getUTCDate() === day.day ? day : undefined;
}
