import { describe, expect, test } from 'vitest';
import { secondsToNextAttempt, shouldBeWaiting } from '../../../src/dispatch/webhook/retry-schedule.ts';

function waits(kind: 'events' | 'resume'): number[] {
  const found: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const seconds = secondsToNextAttempt({ attempts, kind });
    if (seconds === undefined) return found;
    found.push(seconds);
  }
}

describe('an event', () => {
  test('is tried ten times within about three days', () => {
    const planned = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
    const found = waits('events');
    expect(found).toHaveLength(planned.length);
    for (const [index, seconds] of planned.entries()) {
      expect(found[index]).toBeGreaterThan(seconds - 1);
      expect(found[index]).toBeLessThan(seconds * 1.1 + 1);
    }
    const total = found.reduce((sum, seconds) => sum + seconds, 0);
    expect(total).toBeGreaterThan(3 * 86_400);
  });

  test('waits as long as the receiver asks, up to a day, and never shorter than planned', () => {
    const waited = (retryAfterSeconds: number) =>
      secondsToNextAttempt({ attempts: 1, kind: 'events', retryAfterSeconds });
    expect(waited(120)).toBeGreaterThan(119);
    expect(waited(120)).toBeLessThan(121);
    expect(waited(1e9)).toBeLessThan(86_401);
    expect(waited(1)).toBeGreaterThan(4);
    expect(secondsToNextAttempt({ attempts: 10, kind: 'events', retryAfterSeconds: 60 })).toBeUndefined();
  });
});

test('a workflow is asked again within its first minute, then like everybody else', () => {
  const found = waits('resume');
  expect(found.slice(0, 4).reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(75);
  expect(found.at(4)).toBeGreaterThan(299);
  expect([shouldBeWaiting(4), shouldBeWaiting(5)]).toEqual([false, true]);
});
