/** Hours in which a phone may ring, by the clock on the wall of `timezone`. */
export type CallingWindow = {
  /** `HH:MM`. */
  start: string;
  /** `HH:MM`, exclusive. At or before `start`: the window lasts past midnight and belongs to the day on which it opens. */
  end: string;
  /** Days on which it opens. */
  days: readonly Weekday[];
  /** IANA name. */
  timezone: string;
};

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

type Day = { year: number; month: number; day: number };

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** A week, and a day on either side for windows that are open already or that a change of the clock removes. */
const daysAhead = 8;

/** True when this machine knows the timezone. */
export function isTimezone(name: string): boolean {
  try {
    // An offset such as +02:00 knows no daylight saving, so it is not what a window should be told in.
    return !/^[+-]/.test(name) && Boolean(new Intl.DateTimeFormat('en-US', { timeZone: name }));
  } catch {
    return false;
  }
}

/** `at` when the window is open then, else the moment at which it next opens. Undefined: it never opens. */
export function nextOpening(window: CallingWindow, at: Date): Date | undefined {
  const today = localDay(at, window.timezone);
  for (let ahead = -1; ahead <= daysAhead; ahead += 1) {
    const opensOn = shift(today, ahead);
    if (!window.days.includes(weekdayOf(opensOn))) continue;
    const overnight = minutesOf(window.end) <= minutesOf(window.start);
    const opens = instantOf(opensOn, minutesOf(window.start), window.timezone);
    const closes = instantOf(overnight ? shift(opensOn, 1) : opensOn, minutesOf(window.end), window.timezone);
    if (closes <= at.getTime() || closes <= opens) continue;
    return opens <= at.getTime() ? at : new Date(opens);
  }
  return undefined;
}

/** More often windows do not take turns before they are found never to be open together. */
const mostTurns = 200;

/** `at` when all windows are open then, else the moment at which they next are. Undefined: never within a week. */
export function nextCommonOpening(windows: readonly CallingWindow[], at: Date): Date | undefined {
  const latest = at.getTime() + daysAhead * dayMs;
  let moment = at;
  for (let turn = 0; turn < mostTurns; turn += 1) {
    let later = moment;
    for (const window of windows) {
      const opening = nextOpening(window, later);
      if (!opening) return undefined;
      later = opening;
    }
    if (later.getTime() === moment.getTime()) return moment;
    if (later.getTime() > latest) return undefined;
    moment = later;
  }
  return undefined;
}

/**
 * The moment at which the clock shows this time. A time that the clock jumps over is the moment of the jump's end, one that
 * it shows twice is the first.
 */
export function instantOf(day: Day, minutes: number, timezone: string): number {
  const wall = Date.UTC(day.year, day.month - 1, day.day) + minutes * minuteMs;
  // Offsets on either side of any change of the clock near this moment.
  const offsets = [wall - dayMs, wall + dayMs].map((moment) => offsetMs(moment, timezone));
  const candidates = offsets.map((offset) => wall - offset).sort((a, b) => a - b);
  const exact = candidates.find((moment) => moment + offsetMs(moment, timezone) === wall);
  return exact ?? candidates[1]!;
}

/** Local time minus UTC. */
function offsetMs(moment: number, timezone: string): number {
  const parts = partsOf(moment, timezone);
  const { year, month, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1000) * 1000;
}

/** The day that the calendar of a zone shows. */
export function localDay(at: Date, timezone: string): Day {
  const { year, month, day } = partsOf(at.getTime(), timezone);
  return { year, month, day };
}

const formats = new Map<string, Intl.DateTimeFormat>();

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

function partsOf(moment: number, timeZone: string): Record<Field, number> {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(timeZone, format);
  const parts = format.formatToParts(moment).map(({ type, value }) => [type, Number(value)] as const);
  return Object.fromEntries(parts) as Record<Field, number>;
}

/** So many days later. */
export function shift({ year, month, day }: Day, days: number): Day {
  const date = new Date(Date.UTC(year, month - 1, day + days));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Its day of the week. */
export function weekdayOf({ year, month, day }: Day): Weekday {
  return weekdays[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]!;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
