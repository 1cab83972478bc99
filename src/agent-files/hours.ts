import { z } from 'zod';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const minutesOfDay = 24 * 60;

const span = '([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)';
const spans = z
  .string()
  .regex(
    new RegExp(`^(closed|${span}(, ?${span}){0,5})$`),
    'must be `closed`, or times such as 09:00-12:30, 14:00-18:00',
  );
const dayNames = weekdays.join('|');

/** `hours:` of an agent file: when the business is open. */
export const hoursSchema = z.strictObject({
  days: z
    .record(z.string().regex(new RegExp(`^(${dayNames})(-(${dayNames}))?$`)), spans)
    .describe('Days, or from day to day, each with its times; a day that is not there is closed.'),
  holidays: z
    .record(z.string().regex(/^(?:[0-9]{4}-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/), spans)
    .default({})
    .describe('Dates, of one year or of every year, each with its times.'),
});

export type Hours = z.output<typeof hoursSchema>;

type LocalTime = { date: string; weekday: number; minute: number };

/** Whether it is open at a moment, by the clock of a zone. Times past midnight belong to the day on which they begin. */
export function isOpen(hours: Hours, at: Date, timeZone: string): boolean {
  const now = localTime(at, timeZone);
  const yesterday = dayBefore(now);
  const isWithin = ([from, to]: [number, number], minute: number) => minute >= from && minute < to;
  return (
    spansOf(hours, now).some((each) => isWithin(each, now.minute)) ||
    spansOf(hours, yesterday).some((each) => isWithin(each, now.minute + minutesOfDay))
  );
}

/** Minutes of the day, from and to; what ends past midnight ends after 24:00. */
function spansOf({ days, holidays }: Hours, { date, weekday }: Omit<LocalTime, 'minute'>): [number, number][] {
  // A day that is named by itself has its own times, whatever range it lies in.
  const ofDays = days[weekdays[weekday]!] ?? Object.entries(days).find(([name]) => covers(name, weekday))?.[1];
  const text = holidays[date] ?? holidays[date.slice(5)] ?? ofDays ?? 'closed';
  if (text === 'closed') return [];
  return text.split(',').map((each) => {
    const [from = 0, to = 0] = each.trim().split('-').map(minuteOf);
    return [from, to > from ? to : to + minutesOfDay];
  });
}

function covers(name: string, weekday: number): boolean {
  const [first = 0, last = first] = name.split('-').map((day) => (weekdays as readonly string[]).indexOf(day));
  return first <= last ? weekday >= first && weekday <= last : weekday >= first || weekday <= last;
}

function minuteOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

function localTime(at: Date, timeZone: string): LocalTime {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return { date, weekday: weekdayOf(date), minute: Number(part('hour')) * 60 + Number(part('minute')) };
}

function dayBefore({ date }: LocalTime): Omit<LocalTime, 'minute'> {
  const before = new Date(Date.parse(`${date}T00:00:00Z`) - minutesOfDay * 60_000).toISOString().slice(0, 10);
  return { date: before, weekday: weekdayOf(before) };
}

/** 0 is Monday. */
function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** The hours as they are in the file, for a model. */
export function hoursText({ days, holidays }: Hours): string {
  const list = (entries: Record<string, string>) =>
    Object.entries(entries)
      .map(([name, times]) => `${name} ${times}`)
      .join('; ');
  const exceptions = Object.keys(holidays).length > 0 ? ` Exceptions: ${list(holidays)}.` : '';
  return `${list(days)}; all other days closed.${exceptions}`;
}
