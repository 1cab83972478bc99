import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { deliverWebhook } from '../../src/dispatch/deliver-webhook.ts';
import { runDispatcher } from '../../src/dispatch/run-dispatcher.ts';
import { callStore } from '../../src/store/call-store.ts';
import { deliveryStore } from '../../src/store/delivery-store.ts';
import { jobQueue } from '../../src/store/job-queue.ts';
import { messageStore } from '../../src/store/message-store.ts';
import { webhookStore } from '../../src/store/webhook-store.ts';
import { startWebhookReceiver } from '../fakes/webhook-receiver.ts';
import { aCall, openStore, tenantId } from '../store/open-store.ts';

test('a hanging receiver neither delays other jobs nor gets an event twice', async () => {
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
    alone: async () => false,
    log: () => {},
  });
  try {
    await webhooks.insertEndpoint({ tenantId, url: receiver.url, events: ['call.queued', 'call.ended'] });
    receiver.answers({ does: 'hang' }, { status: 200 });
    const stuck = await calls.insertCall(aCall(), { type: 'call.queued' });
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1);
    const other = await calls.insertCall(aCall(), { type: 'call.queued' });
    await expect.poll(() => dispatched.length, { timeout: 5_000 }).toBe(2);
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(2);
    const of = async (callId: string) => (await deliveries.listDeliveries({ tenantId, callId, limit: 5 })).deliveries;
    await expect.poll(() => of(other.id), { timeout: 5_000 }).toMatchObject([{ state: 'delivered' }]);
    expect(await of(stuck.id)).toMatchObject([{ state: 'pending', attempts: 1 }]);
  } finally {
    await receiver.close();
    await dispatcher.close();
    await pool.end();
    await store.close();
  }
});
