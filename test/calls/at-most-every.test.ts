import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { atMostEvery } from '../../src/calls/at-most-every.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is listed again has its turn every few seconds, and what is new at once', () => {
  const due = atMostEvery<string>(5, (item) => item);
  expect(due(['a'])).toEqual(['a']);
  vi.advanceTimersByTime(4_900);
  expect(due(['a', 'b'])).toEqual(['b']);
  vi.advanceTimersByTime(100);
  expect(due(['a', 'b'])).toEqual(['a']);
});

test.each([-6, 6])('a clock that is set by %i hours changes no turn', (hours) => {
  const due = atMostEvery<string>(5, (item) => item);
  due(['a']);
  vi.setSystemTime(Date.now() + hours * 3_600_000);
  vi.advanceTimersByTime(4_000);
  expect(due(['a'])).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(due(['a'])).toEqual(['a']);
});
