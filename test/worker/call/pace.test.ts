import { expect, test } from 'vitest';
import { Pace } from '../../../src/worker/call/pace.ts';

/** Calls that begin at once, in order, two at a time; which of them have had their turn. */
function begin(count: number, { first = [] as number[] } = {}) {
  const loop = { lateMs: 0 };
  let paused = 0;
  const pace = new Pace({ atOnce: 2, loop, pause: async () => void (paused += 1) });
  const begun: number[] = [];
  const start = (index: number, isFirst: boolean) => {
    const ready = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    let isOver = false;
    void over.promise.then(() => (isOver = true));
    const turn = pace
      .turn({ isFirst, ready: ready.promise, over: over.promise })
      .then(() => (isOver ? undefined : begun.push(index)));
    return { ready, over, turn };
  };
  const calls = Array.from({ length: count }, (_, index) => start(index, first.includes(index)));
  return { calls, begun, loop, paused: () => paused };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('so many calls begin at once, the others in the order in which they came', async () => {
  const { calls, begun } = begin(4);
  await settled();
  expect(begun).toEqual([0, 1]);
  calls[1]!.ready.resolve();
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  calls[0]!.over.resolve();
  await settled();
  expect(begun).toEqual([0, 1, 2, 3]);
});

test('a call that is over while it waits waits no longer, and takes no place', async () => {
  const { calls, begun } = begin(4);
  await settled();
  calls[2]!.over.resolve();
  await calls[2]!.turn;
  calls[0]!.ready.resolve();
  await settled();
  expect(begun).toEqual([0, 1, 3]);
});

test('who hears it ring goes before those who have not been rung', async () => {
  const { calls, begun } = begin(6, { first: [4, 5] });
  await settled();
  calls[0]!.ready.resolve();
  calls[1]!.ready.resolve();
  await settled();
  expect(begun).toEqual([0, 1, 4, 5]);
});

test('nobody begins while the event loop is late, but not without a limit', async () => {
  const { calls, begun, loop, paused } = begin(3);
  await settled();
  loop.lateMs = 500;
  calls[0]!.ready.resolve();
  await settled();
  await calls[2]!.turn;
  expect(begun).toEqual([0, 1, 2]);
  expect(paused()).toBe(100);
});
