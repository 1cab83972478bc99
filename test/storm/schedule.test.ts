import { expect, test } from 'vitest';
import { faultKinds, scheduleOf } from './schedule.ts';

const weather = { seconds: 600, callEverySeconds: 7, faultEverySeconds: 9 };

test('the same seed is the same storm, and another is another', () => {
  expect(scheduleOf({ ...weather, seed: 7 })).toEqual(scheduleOf({ ...weather, seed: 7 }));
  expect(scheduleOf({ ...weather, seed: 7 })).not.toEqual(scheduleOf({ ...weather, seed: 8 }));
});

test('faults last as long as their kind does, none comes before anybody talks, and every kind comes in some storm', () => {
  const faults = Array.from({ length: 20 }, (_, seed) => scheduleOf({ ...weather, seed }).faults).flat();
  for (const { kind, atSeconds, seconds } of faults) {
    const [from, to] = faultKinds[kind].seconds;
    expect(seconds).toBeGreaterThanOrEqual(from);
    expect(seconds).toBeLessThanOrEqual(to);
    expect(atSeconds).toBeGreaterThanOrEqual(8);
    expect(atSeconds).toBeLessThan(weather.seconds);
  }
  expect(new Set(faults.map(({ kind }) => kind)).size).toBe(Object.keys(faultKinds).length);
});

test('no number is called by two plans, and callers come by every way', () => {
  const { calls } = scheduleOf({ ...weather, seed: 3 });
  expect(new Set(calls.map(({ number }) => number)).size).toBe(calls.length);
  const ways = new Set(calls.map((call) => (call.kind === 'outbound' ? call.does : call.kind)));
  expect([...ways].toSorted()).toEqual(['answer', 'busy', 'inbound', 'ring_for_ever', 'web']);
});
