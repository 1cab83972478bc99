import { expect, test } from 'vitest';
import { insideCallingWindow } from '../../../src/calls/admission/inside-calling-window.ts';

const window = { start: '09:00', end: '17:00', days: ['mon'], timezone: 'UTC' } as const;
const now = new Date('2026-05-04T18:00:00Z');

test('outside its hours a call waits for the next opening', () => {
  expect(insideCallingWindow({ now, operatorWindows: [], plan: { window } })).toEqual({
    waitUntil: new Date('2026-05-11T09:00:00Z'),
  });
  expect(
    insideCallingWindow({ now: new Date('2026-05-04T10:00:00Z'), operatorWindows: [], plan: { window } }),
  ).toBeUndefined();
});

test('a call whose time is over, or will be when the window opens, is refused', () => {
  expect(
    insideCallingWindow({ now, operatorWindows: [], plan: { notAfter: new Date('2026-05-04T17:59:59Z') } }),
  ).toHaveProperty('refused');
  const notAfter = new Date('2026-05-11T08:00:00Z');
  expect(insideCallingWindow({ now, operatorWindows: [], plan: { window, notAfter } })).toHaveProperty('refused');
  expect(insideCallingWindow({ now, operatorWindows: [], plan: { notAfter } })).toBeUndefined();
});

test('where the operator set hours too, both must be open', () => {
  const all = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
  const rule = (timezone: string, end = '20:00') => ({ start: '09:00', end, days: all, timezone });
  const judge = (at: string, operatorWindows: ReturnType<typeof rule>[], plan = {}) =>
    insideCallingWindow({ now: new Date(at), plan, operatorWindows });
  expect(judge('2026-05-04T12:00:00Z', [rule('America/New_York')])).toEqual({
    waitUntil: new Date('2026-05-04T13:00:00Z'),
  });
  expect(judge('2026-05-04T14:00:00Z', [rule('America/New_York')])).toBeUndefined();
  // A phone that may be in either place rings when neither is asleep.
  const either = [rule('America/New_York'), rule('Pacific/Honolulu')];
  expect(judge('2026-05-04T14:00:00Z', either)).toEqual({ waitUntil: new Date('2026-05-04T19:00:00Z') });
  expect(judge('2026-05-04T18:00:00Z', [rule('UTC')], { window })).toEqual({
    waitUntil: new Date('2026-05-11T09:00:00Z'),
  });
  expect(judge('2026-05-04T18:00:00Z', [rule('UTC', '10:00')], { window: { ...window, start: '11:00' } })).toEqual({
    refused: expect.stringContaining('PARLEY_CALLING_WINDOW'),
  });
});
