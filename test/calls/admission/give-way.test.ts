import { expect, test } from 'vitest';
import { givingWay } from '../../../src/calls/admission/give-way.ts';

function requestsThatEndAfter(looks: number, count: number) {
  const requests = { underWay: count };
  let pausedMs = 0;
  const pause = async (milliseconds: number) => {
    pausedMs += milliseconds;
    if ((looks -= 1) <= 0) requests.underWay = 0;
  };
  return { giveWay: givingWay(requests, { pause }), pausedMs: () => pausedMs };
}

test('with few requests under way nothing waits', async () => {
  const { giveWay, pausedMs } = requestsThatEndAfter(3, 6);
  await giveWay();
  expect(pausedMs()).toBe(0);
});

test('many requests go first', async () => {
  const { giveWay, pausedMs } = requestsThatEndAfter(3, 40);
  await giveWay();
  expect(pausedMs()).toBe(30);
});

test('requests that never end hold the line back for a second at most', async () => {
  const { giveWay, pausedMs } = requestsThatEndAfter(Infinity, 40);
  await giveWay();
  expect(pausedMs()).toBe(1_000);
});
