import { expect, test } from 'vitest';
import { insideCallingWindow } from '../../../src/calls/admission/inside-calling-window.ts';

const window = { start: '09:00', end: '17:00', days: ['mon'], timezone: 'UTC' } as const;
const now = new Date('2026-05-04T18:00:00Z');

test('outside its hours a call waits for the next opening', () => {
  expect(insideCallingWindow({ now, plan: { window } })).toEqual({ waitUntil: new Date('2026-05-11T09:00:00Z') });
  expect(insideCallingWindow({ now: new Date('2026-05-04T10:00:00Z'), plan: { window } })).toBeUndefined();
});

test('a call whose time is over, or will be when the window opens, is refused', () => {
  expect(insideCallingWindow({ now, plan: { notAfter: new Date('2026-05-04T17:59:59Z') } })).toHaveProperty('refused');
  const notAfter = new Date('2026-05-11T08:00:00Z');
  expect(insideCallingWindow({ now, plan: { window, notAfter } })).toHaveProperty('refused');
  expect(insideCallingWindow({ now, plan: { notAfter } })).toBeUndefined();
});
