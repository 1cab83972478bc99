import { expect, test } from 'vitest';
import { OutageWatch } from '../../../src/calls/end/outage-watch.ts';

/** A watch whose questions take so long, on a clock of its own. */
function aWatch() {
  let nowMs = 0;
  const watch = new OutageWatch({ steadySeconds: 10, now: () => nowMs });
  return {
    watch,
    ask: (tookMs = 1) => watch.asked(async () => void (nowMs += tookMs)),
    wait: (milliseconds: number) => (nowMs += milliseconds),
    /** Asks every two seconds, as the sweeper does. */
    async askFor(seconds: number) {
      for (let passed = 0; passed < seconds; passed += 2) {
        nowMs += 2_000;
        await this.ask(0);
      }
    },
  };
}

test('is steady once the database has answered for long enough', async () => {
  const outage = aWatch();
  expect(outage.watch.steady).toBe(false);
  await outage.askFor(8);
  expect(outage.watch.steady).toBe(false);
  await outage.askFor(2);
  expect(outage.watch.steady).toBe(true);
});

test.each([
  ['an answer that took long', (outage: ReturnType<typeof aWatch>) => outage.ask(3_500)],
  ['nobody asking for a while', async (outage: ReturnType<typeof aWatch>) => (outage.wait(9_000), outage.ask())],
  [
    'a question that failed',
    (outage: ReturnType<typeof aWatch>) =>
      outage.watch.asked(() => Promise.reject(new Error('away'))).catch(() => undefined),
  ],
])('begins again after %s', async (_, happen) => {
  const outage = aWatch();
  await outage.askFor(200);
  await happen(outage);
  expect(outage.watch.steady).toBe(false);
  await outage.askFor(8);
  expect(outage.watch.steady).toBe(false);
  await outage.askFor(2);
  expect(outage.watch.steady).toBe(true);
});

test('a database that is slow for long is no outage, unless an answer stays away altogether', async () => {
  const outage = aWatch();
  await outage.askFor(200);
  const askSlowly = async (times: number) => {
    for (let asked = 0; asked < times; asked += 1) {
      outage.wait(12_000);
      await outage.ask(5_000);
    }
  };
  await askSlowly(3);
  expect([outage.watch.quick, outage.watch.steady]).toEqual([false, false]);
  await askSlowly(1);
  expect([outage.watch.quick, outage.watch.steady]).toEqual([false, true]);
  await outage.ask(8_000);
  expect(outage.watch.steady).toBe(false);
  await askSlowly(3);
  expect([outage.watch.quick, outage.watch.steady]).toEqual([false, true]);
});
