import { expect, test } from 'vitest';
import type { CallPlan } from '../../../src/calls/place/call-plan.ts';
import { type CallingWindow, weekdays } from '../../../src/calls/admission/calling-window.ts';
import type { Outcome } from '../../../src/calls/call-state.ts';
import { nextAttemptAt } from '../../../src/calls/end/retry-plan.ts';

const now = new Date('2026-05-04T20:30:00Z');
const retry = { maxAttempts: 4, on: ['busy', 'no_answer'] as const, delaysSeconds: [60, 600] };
const after = (
  outcome: Outcome,
  number: number,
  plan: CallPlan = { retry },
  operatorWindows: readonly CallingWindow[] = [],
) => nextAttemptAt({ plan, operatorWindows, number, outcome }, now)?.toISOString();

test('each attempt waits for its own delay, the later ones for the last', () => {
  expect(after('busy', 1)).toBe('2026-05-04T20:31:00.000Z');
  expect(after('busy', 2)).toBe('2026-05-04T20:40:00.000Z');
  expect(after('no_answer', 3)).toBe('2026-05-04T20:40:00.000Z');
});

test('there is none after the last attempt, after another outcome, or without a plan', () => {
  expect(after('busy', 4)).toBeUndefined();
  expect(after('declined', 1)).toBeUndefined();
  expect(after('busy', 1, {})).toBeUndefined();
});

test('what may have reached a person is never tried again, whatever the plan says', () => {
  for (const outcome of ['completed', 'unknown', 'canceled', 'blocked', 'invalid_number'] as const)
    expect(after(outcome, 1, { retry: { ...retry, on: [outcome as 'busy'] } })).toBeUndefined();
});

test('it waits for the calling window, and is left out when the plan is over by then', () => {
  const window = { start: '09:00', end: '17:00', days: ['mon', 'tue'] as const, timezone: 'America/New_York' };
  const plan = { retry: { ...retry, delaysSeconds: [3600] }, window };
  expect(after('busy', 1, plan)).toBe('2026-05-05T13:00:00.000Z');
  expect(after('busy', 1, { ...plan, notAfter: new Date('2026-05-05T12:00:00Z') })).toBeUndefined();
});

test("it waits for the operator's hours too, until both are open", () => {
  const hours = (start: string, end: string): CallingWindow => ({ start, end, days: weekdays, timezone: 'UTC' });
  const plan = { retry, window: hours('18:00', '23:00') };
  expect(after('busy', 1, { retry }, [hours('08:00', '20:00')])).toBe('2026-05-05T08:00:00.000Z');
  expect(after('busy', 1, plan, [hours('08:00', '20:00')])).toBe('2026-05-05T18:00:00.000Z');
  expect(after('busy', 1, plan, [hours('08:00', '23:00')])).toBe('2026-05-04T20:31:00.000Z');
  const notAfter = new Date('2026-05-05T07:00:00Z');
  expect(after('busy', 1, { retry, notAfter }, [hours('08:00', '20:00')])).toBeUndefined();
  expect(after('busy', 1, plan, [hours('08:00', '17:00')])).toBeUndefined();
});
