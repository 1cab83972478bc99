import { expect, test } from 'vitest';
import { drawDelays } from './delay.ts';

test('delays have the quantiles that were asked for, and are the same in every run', () => {
  const delay = { p50: 350, p95: 1_200, p99: 3_000 };
  const draw = drawDelays(7);
  const drawn = Array.from({ length: 20_000 }, () => draw(delay));
  const sorted = drawn.toSorted((one, other) => one - other);
  const near = (quantile: number, ms: number) =>
    expect(Math.abs(sorted[Math.floor(quantile * 20_000)]! / ms - 1)).toBeLessThan(0.1);
  near(0.5, 350);
  near(0.95, 1_200);
  near(0.99, 3_000);
  const again = drawDelays(7);
  expect(drawn.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => again(delay)));
  expect(draw(20)).toBe(20);
});
