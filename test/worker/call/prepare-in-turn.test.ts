import { expect, test } from 'vitest';
import { createGate } from '../../../src/worker/call/gate.ts';
import { prepareInTurn } from '../../../src/worker/call/prepare-in-turn.ts';

/** Calls that begin at once, in order; which of them have had their turn. */
function begin(count: number) {
  const gate = createGate(2);
  const begun: number[] = [];
  const calls = Array.from({ length: count }, (_, index) => {
    const prepared = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const turn = prepareInTurn(gate, { prepared: prepared.promise, over: over.promise }).then(() => begun.push(index));
    return { prepared, over, turn };
  });
  return { calls, begun };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('so many calls are prepared at once, the others in the order in which they came', async () => {
  const { calls, begun } = begin(4);
  await settled();
  expect(begun).toEqual([0, 1]);
  calls[1]!.prepared.resolve();
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  calls[0]!.over.resolve();
  await settled();
  expect(begun).toEqual([0, 1, 2, 3]);
});

test('a call that is over while it waits waits no longer, and takes no place', async () => {
  const { calls, begun } = begin(4);
  calls[2]!.over.resolve();
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  calls[0]!.prepared.resolve();
  await settled();
  expect(begun).toEqual([0, 1, 2, 3]);
});
