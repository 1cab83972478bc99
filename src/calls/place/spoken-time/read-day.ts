import { type localDay, shift, weekdayOf, weekdays } from '../../admission/calling-window.ts';
import { plain, type Reading } from './plain-words.ts';
import type { Tongue } from './tongues.ts';

export type Day = ReturnType<typeof localDay>;

/** YYYY-MM-DD in plain words. */
const isoDate = /\b(\d{4}) (\d{2}) (\d{2})\b/;
/** What may follow on the digits of a day: the marks of ordinals. */
const ordinalMark = '(?:st|nd|rd|th|er|ere|ste|de|e|o)?';

/** The time from now that words such as "in two hours" name. */
export function readWait(words: string, { tongue }: Reading): { minutes: number } | { days: number } | undefined {
  const { groups = {} } = waitPattern(tongue).exec(words) ?? {};
  const { count = '', minute, hour, day, week } = groups;
  if (!count) return undefined;
  const times = Number(count) || 1;
  if (minute || hour) return { minutes: times * (hour ? 60 : 1) };
  return day || week ? { days: times * (week ? 7 : 1) } : undefined;
}

/** The day that words name; with no year the next of its kind. A weekday that is today's is that of next week. */
export function readDay(words: string, reading: Reading, today: Day): Day | undefined {
  const { tongue, language } = reading;
  const iso = isoDate.exec(words);
  if (iso) return existing({ year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) });
  const wait = readWait(words, reading);
  if (wait && 'days' in wait) return shift(today, wait.days);
  const date = datePattern(language).exec(words)?.groups;
  if (date)
    return nextDate(Number(date['first'] ?? date['last']), monthOf(date['of'] ?? date['month']!, language), today);
  if (new RegExp(tongue.today).test(words)) return today;
  const weekday = weekdayNames(reading).find(([name]) => new RegExp(String.raw`\b${name}`).test(words));
  if (weekday) return shift(today, ((weekday[1] - weekdays.indexOf(weekdayOf(today)) + 6) % 7) + 1);
  if (new RegExp(tongue.dayAfterTomorrow).test(words)) return shift(today, 2);
  // Of "mañana por la mañana" the second is the morning.
  const rest = words.replace(new RegExp(tongue.morning, 'g'), '');
  return new RegExp(tongue.tomorrow).test(rest) ? shift(today, 1) : undefined;
}

/** The words without those that name a day in digits, which are no time. */
export function withoutDays(words: string, { tongue, language }: Reading): string {
  return [isoDate, waitPattern(tongue), datePattern(language)].reduce(
    (left, pattern) => left.replace(pattern, ' '),
    words,
  );
}

function waitPattern({ ahead, one, units }: Tongue): RegExp {
  const named = Object.entries(units).map(([name, unit]) => `(?<${name}>${unit})`);
  return new RegExp(String.raw`\b${ahead} (?<count>\d{1,3}|${one}) (?:${named.join('|')})\p{L}*`, 'u');
}

function datePattern(language: string): RegExp {
  const months = monthNames(language).join('|');
  return new RegExp(
    String.raw`\b(?<first>\d{1,2}) ?${ordinalMark} (?:of |de )?(?<of>${months})\b|\b(?<month>${months}) (?:the )?(?<last>\d{1,2})${ordinalMark}\b`,
  );
}

function nextDate(day: number, month: number, today: Day): Day | undefined {
  const isPast = month < today.month || (month === today.month && day < today.day);
  return existing({ year: today.year + (isPast ? 1 : 0), month, day });
}

function existing(day: Day): Day | undefined {
  const date = new Date(Date.UTC(day.year, day.month - 1, day.day));
  return date.getUTCMonth() === day.month - 1 && date.getUTCDate() === day.day ? day : undefined;
}

const monthOf = (name: string, language: string) => monthNames(language).indexOf(name) + 1;

function monthNames(language: string): string[] {
  const format = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' });
  return Array.from({ length: 12 }, (_, month) => plain(format.format(Date.UTC(2026, month, 1))));
}

function weekdayNames({ tongue, language }: Reading): [name: string, weekday: number][] {
  const format = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' });
  // The first of February 2026 is a Sunday.
  const names = weekdays.map((_, day): [string, number] => [plain(format.format(Date.UTC(2026, 1, 1 + day))), day]);
  return [...names, ...Object.entries(tongue.otherWeekdays ?? {})];
}
