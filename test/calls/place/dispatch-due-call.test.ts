import { expect, test } from 'vitest';
import { dispatchDueCall } from '../../../src/calls/place/dispatch-due-call.ts';
import type { DispatchRecord } from '../../../src/calls/ports.ts';

/** A call that is due at a time, as the database tells how far off that is. */
async function dispatched(notBefore: Date, dueInSeconds: number) {
  const record = { id: 'call_1', tenantId: 't', state: 'scheduled', notBefore, dueInSeconds } as DispatchRecord;
  const done: unknown[] = [];
  await dispatchDueCall(record.id, {
    calls: {
      findForDispatch: async () => record,
      transition: async ({ to }) => (done.push(to), null),
    },
    admission: { queuePosition: async () => null },
    jobs: {
      enqueue: async ({ runAt }) => void done.push(runAt),
      releaseStale: async () => undefined,
    },
    admitQueued: async () => ({ settled: new Set(['call_1']), first: undefined }),
  });
  return done;
}

const hourMs = 3_600_000;

test('a call whose time has come is dispatched, however far this clock is behind', async () => {
  expect(await dispatched(new Date(Date.now() + 6 * hourMs), 0)).toEqual(['queued']);
});

test('a call whose time has not come waits for it, however far this clock is ahead', async () => {
  const notBefore = new Date(Date.now() - 6 * hourMs);
  expect(await dispatched(notBefore, 60)).toEqual([notBefore]);
});
