import { expect, test } from 'vitest';
import { readCallbackTime } from '../../../src/calls/place/callback-time.ts';

// A Saturday, half past six in the evening in UTC; half past one in New York.
const now = new Date('2026-11-28T18:30:00Z');
const at = (day: string, time: string, timezone = 'America/New_York') =>
  readCallbackTime({ day, time }, { now, timezone })?.toISOString();

test.each([
  ['2026-12-01', '15:00', '2026-12-01T20:00:00.000Z'],
  ['2026-12-01', '07:15', '2026-12-01T12:15:00.000Z'],
  ['tomorrow', '3 pm', '2026-11-29T20:00:00.000Z'],
  ['today', '5:30', '2026-11-28T22:30:00.000Z'],
  ['the day after tomorrow', 'nine in the morning', '2026-11-30T14:00:00.000Z'],
  ['next Thursday', 'half past ten', '2026-12-03T15:30:00.000Z'],
  ['Saturday', 'noon', '2026-12-05T17:00:00.000Z'],
  ['in two days', 'quarter to four', '2026-11-30T20:45:00.000Z'],
  ['in a week', 'ten a.m.', '2026-12-05T15:00:00.000Z'],
  ['January 5th', 'three thirty', '2027-01-05T20:30:00.000Z'],
  ['the 2nd of December', 'eleven', '2026-12-02T16:00:00.000Z'],
  ['tomorrow', 'twelve p.m.', '2026-11-29T17:00:00.000Z'],
])('%s at %s is %s by the clock of the caller', (day, time, expected) => {
  expect(at(day, time)).toBe(expected);
});

test.each([
  ['some day', 'three'],
  ['tomorrow', 'whenever'],
  ['2026-02-30', '15:00'],
  ['tomorrow', '25:00'],
  ['', ''],
])('"%s" at "%s" is not understood', (day, time) => {
  expect(at(day, time)).toBeUndefined();
});

test('the day is that of the zone, and the clock knows summer time', () => {
  expect(at('tomorrow', '9:00', 'Pacific/Auckland')).toBe('2026-11-29T20:00:00.000Z');
  expect(at('2026-07-01', '09:00', 'Europe/Berlin')).toBe('2026-07-01T07:00:00.000Z');
});
