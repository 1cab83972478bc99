import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { deliverWebhook } from '../../src/dispatch/deliver-webhook.ts';
import { runDispatcher } from '../../src/dispatch/run-dispatcher.ts';
import { createJobLines, type TaskDependencies } from '../../src/dispatch/tasks.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { deliveryStore } from '../../src/store/webhooks/delivery-store.ts';
import { jobQueue } from '../../src/store/connection/job-queue.ts';
import { recordingStore } from '../../src/store/calls/recording-store.ts';
import { messageStore } from '../../src/store/calls/message-store.ts';
import { webhookStore } from '../../src/store/webhooks/webhook-store.ts';
import { startWebhookReceiver } from '../fakes/webhook-receiver.ts';
import { aCall, openStore, otherTenantId, tenantId } from '../store/open-store.ts';

test('a hanging receiver neither delays other jobs nor gets an event twice, and jobs of newer programs wait', async () => {
  const store = await openStore();
  const receiver = await startWebhookReceiver();
  const calls = callStore(store.database);
  const webhooks = webhookStore(store.database);
  const deliveries = deliveryStore(store.database);
  const jobs = jobQueue(store.database);
  const pool = new Pool({ connectionString: store.url, max: 6 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const dispatched: unknown[] = [];
  const rules = { allowPrivate: true, resolveHost: async () => [] };
  const deliver = deliverWebhook({
    calls,
    messages: messageStore(store.database),
    recordings: recordingStore(store.database),
    webhooks,
    deliveries,
    jobs,
    webhookRules: rules,
  });
  const dispatcher = runDispatcher({
    pool,
    lines: [
      {
        tasks: { 'dispatch-call': async (payload) => void dispatched.push(payload) },
        jobsAtOnce: 1,
        takenAtOnce: 2,
        restMs: 20,
      },
      { tasks: { 'deliver-webhook': deliver }, jobsAtOnce: 2, takenAtOnce: 2, restMs: 20 },
    ],
    sweep: async () => {},
    count: async () => {},
    alone: async () => false,
    log: () => {},
  });
  try {
    await webhooks.insertEndpoint({ tenantId, url: receiver.url, events: ['call.queued', 'call.ended'] });
    receiver.answers({ does: 'hang' }, { status: 200 });
    await jobs.enqueue({ task: 'of-a-newer-program', payload: {}, key: 'newer' });
    const stuck = await calls.insertCall(aCall(), { type: 'call.queued' });
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1);
    const other = await calls.insertCall(aCall(), { type: 'call.queued' });
    await expect.poll(() => dispatched.length, { timeout: 5_000 }).toBe(2);
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(2);
    const of = async (callId: string) => (await deliveries.listDeliveries({ tenantId, callId, limit: 5 })).deliveries;
    await expect.poll(() => of(other.id), { timeout: 5_000 }).toMatchObject([{ state: 'delivered' }]);
    expect(await of(stuck.id)).toMatchObject([{ state: 'pending', attempts: 1 }]);
    const newer = "SELECT attempts, locked_at, last_error FROM graphile_worker.jobs WHERE key = 'newer'";
    expect((await pool.query(newer)).rows).toEqual([{ attempts: 0, locked_at: null, last_error: null }]);
  } finally {
    await receiver.close();
    await dispatcher.close();
    await pool.end();
    await store.close();
  }
});

test(
  'a hundred receivers of one tenant that hang, and its ten thousand calls in the line, delay those of another by less than two seconds',
  { timeout: 90_000 },
  async () => {
    const store = await openStore();
    const [hanging, healthy] = [await startWebhookReceiver(), await startWebhookReceiver()];
    hanging.answers({ does: 'hang' });
    const calls = callStore(store.database);
    const webhooks = webhookStore(store.database);
    const pool = new Pool({ connectionString: store.url, max: 6 });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    await Promise.all(
      Array.from({ length: 100 }, (_, each) =>
        webhooks.insertEndpoint({ tenantId, url: `${hanging.url}/${each}`, events: ['call.queued'] }),
      ),
    );
    await webhooks.insertEndpoint({ tenantId: otherTenantId, url: healthy.url, events: ['call.queued'] });
    for (let each = 0; each < 3; each += 1) await calls.insertCall(aCall(), { type: 'call.queued' });
    await store.database.pool.query(
      `SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(SELECT
         ROW('dispatch-call', json_build_object('callId', 'call_' || n), NULL, NULL, NULL, 'dispatch:call_' || n, NULL, NULL)
           ::graphile_worker.job_spec FROM generate_series(1, 10000) AS n))`,
    );
    const deliver = deliverWebhook({
      calls,
      messages: messageStore(store.database),
      recordings: recordingStore(store.database),
      webhooks,
      deliveries: deliveryStore(store.database),
      jobs: jobQueue(store.database),
      webhookRules: { allowPrivate: true, resolveHost: async () => [] },
    });
    const [, line] = createJobLines({} as TaskDependencies);
    const dispatcher = runDispatcher({
      pool,
      lines: [{ ...line!, tasks: { 'deliver-webhook': deliver } }],
      sweep: async () => {},
      count: async () => {},
      alone: async () => false,
      log: () => {},
    });
    try {
      // The share of the tenant is taken.
      await expect.poll(() => hanging.received.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(32);
      const lateMs: number[] = [];
      for (let each = 1; each <= 5; each += 1) {
        const startedMs = performance.now();
        await calls.insertCall(aCall({ tenantId: otherTenantId }), { type: 'call.queued' });
        await expect.poll(() => healthy.received.length, { timeout: 20_000, interval: 10 }).toBe(each);
        lateMs.push(performance.now() - startedMs);
      }
      // Not the slowest: a machine that does other things delays one now and then.
      expect(lateMs.toSorted((a, b) => a - b)[2]).toBeLessThan(2_000);
    } finally {
      await hanging.close();
      await healthy.close();
      await dispatcher.close();
      await pool.end();
      await store.close();
    }
  },
);

test('of two times for one line the earlier wins, and a new event is due at once', async () => {
  const store = await openStore();
  const jobs = jobQueue(store.database);
  const dueInSeconds = async () => {
    const sql =
      "SELECT extract(epoch FROM run_at - now())::float AS due FROM graphile_worker.jobs WHERE key LIKE 'webhook:%'";
    return (await store.database.pool.query<{ due: number }>(sql)).rows.map(({ due }) => Math.max(0, Math.round(due)));
  };
  const { id: endpointId } = await webhookStore(store.database).insertEndpoint({
    tenantId,
    url: 'http://receiver.invalid/',
    events: ['call.queued', 'call.ended'],
  });
  const calls = callStore(store.database);
  const { id: callId } = await calls.insertCall(aCall(), { type: 'call.queued' });
  const later = (seconds: number) =>
    jobs.enqueue({
      task: 'deliver-webhook',
      payload: { callId, endpointId, tenantId },
      key: `webhook:${callId}:${endpointId}`,
      runAt: { inSeconds: seconds },
      earlierWins: true,
    });
  try {
    await later(25);
    expect(await dueInSeconds()).toEqual([0]);
    await store.database.pool.query("UPDATE graphile_worker._private_jobs SET run_at = now() + interval '60 s'");
    await later(25);
    expect(await dueInSeconds()).toEqual([25]);
    await calls.transition({
      callId,
      to: 'ended',
      patch: { outcome: 'canceled', endReason: 'canceled_before_answer', hungUpBy: 'operator' },
      event: { type: 'call.ended', data: { outcome: 'canceled' } },
    });
    expect(await dueInSeconds()).toEqual([0]);
  } finally {
    await store.close();
  }
});

test('a delivery that takes its time is not taken for abandoned', async () => {
  const store = await openStore();
  const jobs = jobQueue(store.database);
  const locked = async () =>
    (await store.database.pool.query('SELECT 1 FROM graphile_worker.jobs WHERE locked_at IS NOT NULL')).rowCount;
  const lockedFor = (seconds: number) =>
    store.database.pool.query(
      `UPDATE graphile_worker._private_jobs SET locked_by = 'somebody', locked_at = now() - interval '${seconds} s'`,
    );
  try {
    await jobs.enqueue({ task: 'deliver-webhook', payload: { callId: 'c', endpointId: 'e' } });
    await lockedFor(45);
    await jobs.releaseStale(12);
    expect(await locked()).toBe(1);
    await lockedFor(61);
    await jobs.releaseStale(12);
    expect(await locked()).toBe(0);
  } finally {
    await store.close();
  }
});
