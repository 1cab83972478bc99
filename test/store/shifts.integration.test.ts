import { afterAll, beforeAll, expect, test } from 'vitest';
import { workAlone } from '../../src/store/shifts.ts';
import { openStore } from './open-store.ts';

let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store?.close());

/** A replica, which may be told that it is not fit for the task. */
function replica(task: string) {
  const self = { isFit: true };
  const alone = workAlone(store.database, {
    task,
    watch: { asked: (question) => question() },
    isFit: () => self.isFit,
  });
  return Object.assign(self, { works: () => alone(async () => undefined) });
}
const passes = (seconds: number) =>
  store.database.pool.query('UPDATE parley.shifts SET until = until - make_interval(secs => $1)', [seconds]);

test('one replica at a time has the shift, and keeps it while it works on', async () => {
  const [first, second] = [replica('one'), replica('one')];
  expect([await first.works(), await second.works(), await first.works()]).toEqual([true, false, true]);
  await passes(9);
  expect([await second.works(), await first.works()]).toEqual([true, false]);
});

test('a replica that is not fit leaves the shift to one that is, and takes it only where there is none', async () => {
  const [first, second] = [replica('two'), replica('two')];
  expect(await first.works()).toBe(true);
  first.isFit = false;
  expect(await first.works()).toBe(false);
  await passes(9);
  expect([await first.works(), await second.works()]).toEqual([false, true]);
  second.isFit = false;
  await passes(9);
  expect([await first.works(), await second.works()]).toEqual([false, false]);
  await passes(6);
  expect([await first.works(), await second.works()]).toEqual([true, false]);
});
