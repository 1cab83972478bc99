import { describe, expect, test } from 'vitest';
import { weekdays } from '../../../src/calls/admission/calling-window.ts';
import { operatorWindows, parseOperatorWindow } from '../../../src/calls/admission/operator-window.ts';

describe('PARLEY_CALLING_WINDOW', () => {
  const hours = { start: '09:00', end: '20:00' };
  test.each([
    ['09:00-20:00', { ...hours, days: [...weekdays], timezone: undefined }],
    ['09:00-20:00 Mon-Fri', { ...hours, days: ['mon', 'tue', 'wed', 'thu', 'fri'], timezone: undefined }],
    [
      '09:00-20:00 sat-mon,wed Europe/Berlin',
      { ...hours, days: ['sat', 'sun', 'mon', 'wed'], timezone: 'Europe/Berlin' },
    ],
    ['09:00-20:00 America/New_York', { ...hours, days: [...weekdays], timezone: 'America/New_York' }],
    ['09:00-20:00 UTC', { ...hours, days: [...weekdays], timezone: 'UTC' }],
  ])('may be %s', (text, window) => {
    expect(parseOperatorWindow(text)).toEqual(window);
  });

  test.each([
    '',
    '9-20',
    '09:00',
    '09:00-25:00',
    '09:00-20:00 someday',
    '09:00-20:00 mon Mars',
    '09:00-20:00 mon-fri-sat',
  ])('is not "%s"', (text) => expect(parseOperatorWindow(text)).toBeUndefined());
});

test('hours without a timezone are those of the place that the number belongs to', async () => {
  const window = parseOperatorWindow('09:00-20:00');
  const zones = async (number: string) => (await operatorWindows(window, number)).map(({ timezone }) => timezone);
  expect(await zones('+14155550123')).toEqual(['America/Los_Angeles']);
  expect(await zones('+12125550123')).toEqual(['America/New_York']);
  expect(await zones('+4930123456')).toEqual(['Europe/Berlin']);
  expect(await zones('+18005550123')).toEqual(expect.arrayContaining(['America/New_York', 'Pacific/Honolulu']));
  expect(await operatorWindows(parseOperatorWindow('09:00-20:00 UTC'), '+14155550123')).toMatchObject([
    { timezone: 'UTC' },
  ]);
  expect(await operatorWindows(undefined, '+14155550123')).toEqual([]);
});
