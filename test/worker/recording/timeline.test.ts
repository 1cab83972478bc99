import { expect, test } from 'vitest';
import { Timeline } from '../../../src/worker/recording/timeline.ts';

const rateHz = 16_000;
const of = (ms: number, value = 1000) => new Int16Array((ms * rateHz) / 1000).fill(value);

/** Everything that is settled at this time. */
function takeAll(timeline: Timeline, nowMs: number) {
  const [left, right]: [number[], number[]] = [[], []];
  const [one, two] = [new Int16Array(320), new Int16Array(320)];
  while (timeline.take(one, two, nowMs)) {
    left.push(...one);
    right.push(...two);
  }
  return { left: Int16Array.from(left), right: Int16Array.from(right) };
}

/** [from, to] in milliseconds of each stretch that is not silent. */
function stretches(samples: Int16Array): [number, number][] {
  const found: [number, number][] = [];
  samples.forEach((sample, index) => {
    if (sample === 0) return;
    const ms = index / 16;
    const last = found.at(-1);
    if (last && ms - last[1] < 1) last[1] = ms;
    else found.push([ms, ms]);
  });
  return found.map(([from, to]) => [Math.round(from), Math.round(to)]);
}

/** Frames of 32 ms that each arrive when they were spoken, plus what `lateMs` says of that moment. */
function speak(
  timeline: Timeline,
  { fromMs, toMs, lateMs = () => 0 }: { fromMs: number; toMs: number; lateMs?: (ms: number) => number },
) {
  for (let ms = fromMs; ms < toMs; ms += 32) timeline.caller.heard(of(32), ms + 32 + lateMs(ms));
}

test('what the caller says stands where it was said', () => {
  const timeline = new Timeline();
  timeline.startAt(0);
  speak(timeline, { fromMs: 640, toMs: 1280 });
  const { left, right } = takeAll(timeline, 4_000);
  expect(stretches(left)).toEqual([[640, 1280]]);
  expect(stretches(right)).toEqual([]);
});

test('a stall of the process leaves no gap and moves nothing', () => {
  const timeline = new Timeline();
  timeline.startAt(0);
  // From 1000 on nothing is heard until 2200, then everything at once.
  speak(timeline, { fromMs: 0, toMs: 3200, lateMs: (ms) => (ms > 1000 && ms < 2200 ? 2200 - ms : 0) });
  expect(stretches(takeAll(timeline, 3_700).left)).toEqual([[0, 3200]]);
});

test('a voice that comes later than before, all the time, has paused', () => {
  const timeline = new Timeline();
  timeline.startAt(0);
  speak(timeline, { fromMs: 0, toMs: 960 });
  speak(timeline, { fromMs: 1360, toMs: 3_408 });
  const last = stretches(takeAll(timeline, 3_900).left).at(-1)!;
  expect(Math.abs(last[1] - 3_408)).toBeLessThan(35);
});

test('another track begins where it is heard, however long there was none', () => {
  const timeline = new Timeline();
  timeline.startAt(0);
  speak(timeline, { fromMs: 0, toMs: 960 });
  timeline.caller.restart();
  speak(timeline, { fromMs: 2_000, toMs: 2_960 });
  expect(stretches(takeAll(timeline, 6_000).left)).toEqual([
    [0, 960],
    [2_000, 2_960],
  ]);
});

test('the agent stands where it is heard, behind what is queued, and what is taken back was not heard', () => {
  const timeline = new Timeline();
  timeline.startAt(0);
  timeline.agent.handed(of(100), { nowMs: 1_000, queuedMs: 0 });
  timeline.agent.handed(of(100), { nowMs: 1_002, queuedMs: 98 });
  timeline.agent.handed(of(100), { nowMs: 1_010, queuedMs: 190 });
  timeline.agent.takenBack(150);
  timeline.agent.handed(of(100), { nowMs: 2_000, queuedMs: 0 });
  expect(stretches(takeAll(timeline, 5_000).right)).toEqual([
    [1_000, 1_150],
    [2_000, 2_100],
  ]);
});

test('two who speak on one side are both heard, and never too loud', () => {
  const timeline = new Timeline();
  timeline.startAt(0);
  timeline.agent.handed(of(100, 30_000), { nowMs: 1_000, queuedMs: 0 });
  timeline.supervisor.heard(of(100, 30_000), 1_100);
  const { right } = takeAll(timeline, 5_000);
  expect(right[1_050 * 16]).toBe(32_767);
});

test('is not taken before it is settled', () => {
  const timeline = new Timeline();
  timeline.startAt(0);
  speak(timeline, { fromMs: 0, toMs: 960 });
  expect(takeAll(timeline, 960).left.length).toBeLessThanOrEqual(460 * 16);
});
