import { expect, test } from 'vitest';
import type { CallPlan } from '../../src/calls/call-plan.ts';
import type { Outcome } from '../../src/calls/call-state.ts';
import { nextAttemptAt } from '../../src/calls/retry-plan.ts';

const now = new Date('2026-05-04T20:30:00Z');
const retry = { maxAttempts: 4, on: ['busy', 'no_answer'] as const, delaysSeconds: [60, 600] };
const after = (outcome: Outcome, number: number, plan: CallPlan = { retry }) =>
  nextAttemptAt({ plan, number, outcome }, now)?.toISOString();

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
