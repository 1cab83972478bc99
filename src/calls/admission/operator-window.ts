import { phoneTimezones } from '../../../telephony/index.ts';
import { type CallingWindow, isTimezone, weekdays } from './calling-window.ts';

/** Hours that the operator sets for every call. Without a timezone they are those of the person called. */
export type OperatorWindow = Omit<CallingWindow, 'timezone'> & { timezone: string | undefined };

const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const shape = new RegExp(`^(${clock})-(${clock})(?:\\s+([a-z,-]+))?(?:\\s+(\\S+))?$`, 'i');

/** Reads `09:00-20:00`, with days (`mon-fri`, `mon,wed`) and a timezone after it, if any. Undefined: it is none. */
export function parseOperatorWindow(text: string): OperatorWindow | undefined {
  const [, start, end, ...rest] = shape.exec(text.trim()) ?? [];
  if (start === undefined || end === undefined) return undefined;
  const [first, second] = rest;
  const listed = first === undefined ? [...weekdays] : readDays(first.toLowerCase());
  // One word alone may be either.
  const zone = listed ? second : second === undefined ? first : undefined;
  if (!listed && zone === undefined) return undefined;
  if (zone !== undefined && !isTimezone(zone)) return undefined;
  return { start, end, days: listed ?? [...weekdays], timezone: zone };
}

function readDays(text: string): CallingWindow['days'] | undefined {
  const days = text.split(',').flatMap((part) => {
    const [from, to, ...more] = part.split('-').map((name) => weekdays.findIndex((day) => day === name));
    if (from === undefined || from < 0 || to === -1 || more.length > 0) return [undefined];
    const length = to === undefined ? 1 : ((to - from + 7) % 7) + 1;
    return Array.from({ length }, (_, step) => weekdays[(from + step) % 7]);
  });
  const known = days.filter((day) => day !== undefined);
  return known.length === days.length ? [...new Set(known)] : undefined;
}

/**
 * The window as it holds for a number: one per timezone in which its phone may be, all of which must be open. A number of
 * which nobody knows where it is has one in UTC.
 */
export async function operatorWindows(window: OperatorWindow | undefined, number: string): Promise<CallingWindow[]> {
  if (!window) return [];
  const { timezone, ...hours } = window;
  const known = timezone === undefined ? (await phoneTimezones(number)).filter(isTimezone) : [timezone];
  return (known.length > 0 ? known : ['UTC']).map((zone) => ({ ...hours, timezone: zone }));
}
