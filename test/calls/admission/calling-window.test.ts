import { describe, expect, test } from 'vitest';
import { type CallingWindow, isTimezone, nextOpening, weekdays } from '../../../src/calls/admission/calling-window.ts';

const office: CallingWindow = {
  start: '09:00',
  end: '17:00',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  timezone: 'America/New_York',
};
const opening = (window: CallingWindow, at: string) => nextOpening(window, new Date(at))?.toISOString();

describe('a window by day', () => {
  test.each([
    ['inside it is open now', '2026-05-04T15:00:00Z', '2026-05-04T15:00:00.000Z'],
    ['at its first moment it is open', '2026-05-04T13:00:00Z', '2026-05-04T13:00:00.000Z'],
    ['before it opens today', '2026-05-04T12:59:59Z', '2026-05-04T13:00:00.000Z'],
    ['at its last moment it is closed until tomorrow', '2026-05-04T21:00:00Z', '2026-05-05T13:00:00.000Z'],
    ['on Friday evening it opens on Monday', '2026-05-08T22:00:00Z', '2026-05-11T13:00:00.000Z'],
    ['the day is that of the timezone, not of UTC', '2026-05-09T01:00:00Z', '2026-05-11T13:00:00.000Z'],
  ])('%s', (_, at, expected) => expect(opening(office, at)).toBe(expected));
});

describe('a window across midnight', () => {
  const night: CallingWindow = { ...office, start: '22:00', end: '02:00', days: ['fri'] };
  test.each([
    ['opens in the evening', '2026-05-08T12:00:00Z', '2026-05-09T02:00:00.000Z'],
    ['is open after midnight, on a day that it does not name', '2026-05-09T05:30:00Z', '2026-05-09T05:30:00.000Z'],
    ['closes in the night', '2026-05-09T06:00:00Z', '2026-05-16T02:00:00.000Z'],
  ])('%s', (_, at, expected) => expect(opening(night, at)).toBe(expected));

  test('with the same start and end lasts all day', () => {
    const always: CallingWindow = { ...office, start: '00:00', end: '00:00', days: weekdays };
    expect(opening(always, '2026-05-09T05:30:00Z')).toBe('2026-05-09T05:30:00.000Z');
  });
});

describe('when the clock changes', () => {
  test('nine o’clock stays nine o’clock', () => {
    // Clocks in New York go forward on 8 March 2026 and back on 1 November.
    expect(opening(office, '2026-03-06T23:00:00Z')).toBe('2026-03-09T13:00:00.000Z');
    expect(opening(office, '2026-10-30T23:00:00Z')).toBe('2026-11-02T14:00:00.000Z');
  });

  test('a time that is jumped over is the end of the jump', () => {
    const early: CallingWindow = { ...office, start: '02:30', end: '05:00', days: ['sun'] };
    expect(opening(early, '2026-03-08T05:00:00Z')).toBe('2026-03-08T07:30:00.000Z');
  });

  test('a time that comes twice opens the first time', () => {
    const early: CallingWindow = { ...office, start: '01:30', end: '05:00', days: ['sun'] };
    expect(opening(early, '2026-11-01T04:00:00Z')).toBe('2026-11-01T05:30:00.000Z');
  });

  test('a window inside the hour that is left out opens a week later', () => {
    const lost: CallingWindow = { ...office, start: '02:00', end: '02:45', days: ['sun'], timezone: 'Europe/Berlin' };
    const at = opening(lost, '2026-03-28T23:30:00Z')!;
    expect(at === '2026-03-29T01:00:00.000Z' || at === '2026-04-05T00:00:00.000Z').toBe(true);
  });
});

test('timezones are IANA names', () => {
  expect(['America/New_York', 'Europe/Berlin', 'UTC'].every(isTimezone)).toBe(true);
  expect(['Mars/Olympus', '+02:00', '', 'EST5EDTX'].some(isTimezone)).toBe(false);
});
