import { instantOf, localDay } from '../../admission/calling-window.ts';
import { plain, type Reading, withDigits } from './plain-words.ts';
import { type Part, partsIn, readClock, usualTime } from './read-clock.ts';
import { readDay, readWait } from './read-day.ts';
import { tongues } from './tongues.ts';

const english: Reading = { tongue: tongues['en']!, language: 'en-US' };
const minuteMs = 60_000;

/**
 * A day and a time as the moment at which the clock of that zone shows them: YYYY-MM-DD and HH:MM, or the words of a person in the
 * language of the call ("next Thursday", "übermorgen um halb drei", "mañana por la tarde") or in English. An hour without a part of
 * the day is one between 8 and 20 o'clock; a part of the day alone is its usual hour. Undefined: one of them is not understood.
 */
export function readMoment(
  said: { day: string; time: string },
  { now, timezone, language }: { now: Date; timezone: string; language: string },
): Date | undefined {
  const today = localDay(now, timezone);
  const readings = readingsOf(language).map((reading) => {
    // Some say both in one; each is looked for where it belongs first.
    const [day = '', time = ''] = [said.day, said.time].map((text) => withDigits(plain(text), reading));
    return { reading, day, time };
  });
  const first = <T>(read: (words: string, reading: Reading) => T | undefined, from: 'day' | 'time') => {
    const places = from === 'day' ? (['day', 'time'] as const) : (['time', 'day'] as const);
    for (const place of places)
      for (const each of readings) {
        const found = read(each[place], each.reading);
        if (found !== undefined) return found;
      }
    return undefined;
  };
  const wait = first(readWait, 'time');
  if (wait && 'minutes' in wait) return new Date(now.getTime() + wait.minutes * minuteMs);
  const parts = new Set<Part>(readings.flatMap(({ day, time, reading }) => [...partsIn(`${day} ${time}`, reading)]));
  const day = first((words, reading) => readDay(words, reading, today), 'day');
  const minutes = first((words, reading) => readClock(words, reading, parts), 'time') ?? usualTime(parts);
  return day && minutes !== undefined ? new Date(instantOf(day, minutes, timezone)) : undefined;
}

function readingsOf(language: string): Reading[] {
  const tongue = tongues[language.toLowerCase().split('-')[0] ?? ''];
  return tongue && tongue !== english.tongue ? [{ tongue, language }, english] : [english];
}
