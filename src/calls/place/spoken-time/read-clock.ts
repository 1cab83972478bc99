import type { Reading } from './plain-words.ts';
import { withoutDays } from './read-day.ts';
import type { Tongue } from './tongues.ts';

export type Part = 'morning' | 'noon' | 'afternoon' | 'evening';

/** What is called when a person names no more than a part of the day, in minutes from midnight. */
const partMinutes: Readonly<Record<Part, number>> = { morning: 600, noon: 720, afternoon: 900, evening: 1_080 };
/** An hour that is said without a part of the day and is earlier than this is one of the afternoon. */
const earliestHour = 8;
const lastHour = 23;

const clock =
  /(?<![\d:.])(?:(?<off>5|10|15|20|25|30) (?<way>past|to) )?(?:(?<base>\d{1,2}) into )?(?<hour>\d{1,2})(?: ?hour\b)?(?: (?<sign>plus|minus) (?<more>\d{1,2})\b| ?[:.]?(?<written>\d{2})\b| (?<said>\d{1,2})\b)?(?![\d:])/g;

/** The parts of the day that words name. */
export function partsIn(words: string, { tongue }: Reading): ReadonlySet<Part> {
  const parts = (['morning', 'noon', 'afternoon', 'evening'] as const).filter((part) =>
    new RegExp(tongue[part]).test(words),
  );
  // Of every language: models write it.
  if (/\d ?pm\b/.test(words)) parts.push('afternoon');
  return new Set(parts);
}

/** A time of the day, in minutes from midnight, in a part of the day that may have been named elsewhere. */
export function readClock(words: string, reading: Reading, parts: ReadonlySet<Part>): number | undefined {
  const text = withMarks(withoutDays(words, reading), reading.tongue);
  for (const { groups } of text.matchAll(clock)) {
    const minutes = minutesOf(groups ?? {}, parts);
    if (minutes !== undefined) return minutes;
  }
  return undefined;
}

/** What a part of the day stands for by itself. */
export function usualTime(parts: ReadonlySet<Part>): number | undefined {
  const [part] = parts;
  return part && partMinutes[part];
}

function minutesOf(groups: Partial<Record<string, string>>, parts: ReadonlySet<Part>): number | undefined {
  const { off, way, base, hour = '', sign, more, written, said } = groups;
  const named = Number(hour);
  const minute = Number(more ?? written ?? said ?? 0) * (sign === 'minus' ? -1 : 1);
  if (named > lastHour || Math.abs(minute) > 59) return undefined;
  const isMorning = parts.has('morning');
  const isLater = parts.has('afternoon') || parts.has('evening');
  // Digits as on a clock are meant so, unless a part of the day was named.
  const isWritten = hour.startsWith('0') && written !== undefined;
  const turnsLater = named < 12 && (isLater || (named < earliestHour && !isMorning && !isWritten));
  const begun = isMorning && named === 12 ? 0 : turnsLater ? named + 12 : named;
  const before = base === undefined ? 0 : Number(base) - 60;
  const away = off === undefined ? 0 : Number(off) * (way === 'to' ? -1 : 1);
  return begun * 60 + minute + before + away;
}

const marks = ['hour', 'past', 'to', 'plus', 'minus'] as const;

/** The words in which what stands between hours and minutes is a mark of ours. */
function withMarks(words: string, tongue: Tongue): string {
  return marks.reduce((text, mark) => {
    const said = tongue.marks[mark];
    if (said === undefined) return text;
    return text.replace(new RegExp(String.raw`(?<=\d|hour) ?${said}(?![a-z])`, 'g'), ` ${mark} `).replaceAll('  ', ' ');
  }, words);
}
