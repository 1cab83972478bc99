import { beforeEach, expect, test } from 'vitest';

type Reading = { level: number; firstLoudMs: number | null; lastLoudMs: number | null };
type HeardClock = {
  caller(reading: Reading): void;
  agent(reading: Reading): void;
  turn(index: number, totalMs: number | undefined, atMs: number): void;
};

const { createHeardClock } = (await import(
  new URL('../../src/web/public/talk/heard.js', import.meta.url).href
)) as unknown as { createHeardClock: (onHeard: (index: number, heardMs: number) => void) => HeardClock };

const loud = (firstLoudMs: number, lastLoudMs: number): Reading => ({ level: 0.5, firstLoudMs, lastLoudMs });

let heard: [number, number][];
let clock: HeardClock;
beforeEach(() => {
  heard = [];
  clock = createHeardClock((index, heardMs) => heard.push([index, heardMs]));
});

test('counts from the caller’s last sound to the agent’s first', () => {
  clock.caller(loud(1000, 2000));
  clock.agent(loud(2800, 2840));
  clock.turn(1, 700, 2900);
  expect(heard).toEqual([[1, 800]]);
});

test('does not mind whether the server tells the turn before or after it is heard', () => {
  clock.caller(loud(1000, 2000));
  clock.turn(1, 700, 2700);
  clock.agent(loud(2800, 2840));
  expect(heard).toEqual([[1, 800]]);
});

test('takes a pause between words for no new answer', () => {
  clock.caller(loud(1000, 2000));
  clock.agent(loud(2800, 3000));
  clock.agent(loud(3200, 3500));
  clock.turn(1, 700, 3500);
  clock.turn(2, 1100, 3500);
  expect(heard).toEqual([[1, 800]]);
});

test('leaves a turn unmeasured when the caller made a sound just before the answer', () => {
  clock.caller(loud(1000, 2000));
  clock.caller(loud(2750, 2760));
  clock.agent(loud(2800, 2840));
  clock.turn(1, 700, 2900);
  expect(heard).toEqual([]);
});

test('a caller who talks over the agent does not shorten the wait that was', () => {
  clock.caller(loud(1000, 2000));
  clock.agent(loud(2800, 2840));
  clock.caller(loud(2850, 3000));
  clock.turn(1, 700, 3100);
  expect(heard).toEqual([[1, 800]]);
});

test('a filler before the answer is not taken for the answer', () => {
  clock.caller(loud(1000, 2000));
  clock.agent(loud(3000, 3600));
  clock.agent(loud(6000, 7000));
  clock.turn(1, 3800, 7000);
  expect(heard).toEqual([[1, 4000]]);
});

test('a greeting before the caller said anything is no answer', () => {
  clock.agent(loud(500, 2000));
  clock.turn(0, undefined, 2000);
  expect(heard).toEqual([]);
});
