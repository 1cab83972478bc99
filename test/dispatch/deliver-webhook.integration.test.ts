import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CallEventType } from '../../src/calls/call.ts';
import type { CallStore, NewCall } from '../../src/calls/ports.ts';
import type { DeliveryStore, WebhookEndpoint, WebhookStore } from '../../src/calls/webhooks/webhook-ports.ts';
import { deliverWebhook } from '../../src/dispatch/deliver-webhook.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { deliveryStore } from '../../src/store/webhooks/delivery-store.ts';
import { jobQueue } from '../../src/store/connection/job-queue.ts';
import { recordingStore } from '../../src/store/calls/recording-store.ts';
import { messageStore } from '../../src/store/calls/message-store.ts';
import { webhookStore } from '../../src/store/webhooks/webhook-store.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../fakes/webhook-receiver.ts';
import { aCall, openStore, tenantId } from '../store/open-store.ts';

let database: Database;
let close: () => Promise<void>;
let calls: CallStore;
let webhooks: WebhookStore;
let deliveries: DeliveryStore;
let receiver: WebhookReceiver;

beforeAll(async () => {
  ({ database, close } = await openStore());
  calls = callStore(database);
  webhooks = webhookStore(database);
  deliveries = deliveryStore(database);
});
afterAll(() => close());
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await receiver.close();
  for (const { id } of await webhooks.listEndpoints(tenantId)) await webhooks.deleteEndpoint(id, tenantId);
});

const endpoint = (events: CallEventType[] = ['call.queued', 'call.answered', 'call.ended']) =>
  webhooks.insertEndpoint({ tenantId, url: receiver.url, events });
const answered = (call: Partial<NewCall> = {}) =>
  calls.insertCall(aCall({ state: 'in_progress', answeredAt: new Date(), ...call }), { type: 'call.answered' });
const end = (callId: string) =>
  calls.transition({
    callId,
    to: 'ended',
    patch: { outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' },
    event: { type: 'call.ended', data: { outcome: 'completed' } },
  });

/** Runs the job of the call and the endpoint, as the queue does when its time has come. */
async function runJob(callId: string, endpointId: string): Promise<void> {
  const task = deliverWebhook({
    calls,
    messages: messageStore(database),
    recordings: recordingStore(database),
    webhooks,
    deliveries,
    jobs: jobQueue(database),
    webhookRules: { allowPrivate: true, resolveHost: async () => [{ address: '127.0.0.1', family: 4 }] },
  }) as (payload: unknown) => Promise<void>;
  // The queue takes a job's key from it when it begins.
  await database.pool.query('DELETE FROM graphile_worker._private_jobs WHERE key = $1', [
    `webhook:${callId}:${endpointId}`,
  ]);
  await task({ callId, endpointId, tenantId });
}

async function jobOf(callId: string, endpointId: string): Promise<{ run_at: Date } | undefined> {
  const key = `webhook:${callId}:${endpointId}`;
  const { rows } = await database.pool.query('SELECT run_at FROM graphile_worker.jobs WHERE key = $1', [key]);
  return rows[0] as { run_at: Date } | undefined;
}

/** Lets the time pass that a delivery has to wait. */
const pass = (callId: string) =>
  database.pool.query('UPDATE parley.webhook_deliveries SET next_attempt_at = now() WHERE call_id = $1', [callId]);
const owed = async (callId: string) =>
  (await deliveries.listDeliveries({ tenantId, callId, limit: 50 })).deliveries.sort((a, b) => a.sequence - b.sequence);
const bodies = () => receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

test('events arrive in order, each signed so that the library accepts it', async () => {
  const { id, secrets } = await endpoint();
  const call = await answered({ metadata: { order: 7 } });
  await end(call.id);
  await runJob(call.id, id);
  const [first, last] = receiver.received.map((request) => receiver.verify(secrets[0]!, request));
  expect(receiver.received).toHaveLength(2);
  expect(first).toMatchObject({
    type: 'call.answered',
    call_id: call.id,
    sequence: 1,
    data: { metadata: { order: 7 } },
  });
  expect(last).toMatchObject({ type: 'call.ended', call_id: call.id, sequence: 2, data: { outcome: 'completed' } });
  for (const [index, request] of receiver.received.entries()) {
    const event = [first, last][index]!;
    expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': event['id'] });
    expect(Date.parse(String(event['created_at']))).not.toBeNaN();
    expect(() => receiver.verify('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', request)).toThrow(/signature/);
    expect(() => receiver.verify(secrets[0]!, { ...request, body: `${request.body} ` })).toThrow(/signature/);
  }
  expect((await owed(call.id)).map(({ state, attempts, lastStatus }) => ({ state, attempts, lastStatus }))).toEqual([
    { state: 'delivered', attempts: 1, lastStatus: 200 },
    { state: 'delivered', attempts: 1, lastStatus: 200 },
  ]);
});

test('call.ended carries the final report', async () => {
  const { id } = await endpoint(['call.ended']);
  const call = await answered({
    phoneNumber: '+15551239999',
    metadata: { order: 7 },
    variables: { name: 'Ada' },
  });
  await calls.record(call.id, {
    turns: [
      { index: 0, role: 'agent', text: 'Hello.', startedMs: 0, endedMs: 900, interrupted: false },
      {
        index: 1,
        role: 'agent',
        text: 'Sure.',
        startedMs: 2700,
        endedMs: 3500,
        interrupted: true,
        latency: { llmFirstTokenMs: 200, totalMs: 700 },
      },
    ],
    costs: [
      { component: 'llm', provider: 'p', model: 'm', quantity: 120, unit: 'token', usd: '0.1', source: 'provider' },
      { component: 'llm', provider: 'p', model: 'n', quantity: 10, unit: 'token', usd: '0.2', source: 'list' },
      { component: 'tts', provider: 'q', model: 'v', quantity: 9, unit: 'character', usd: '0.000001', source: 'list' },
    ],
    events: [{ type: 'tool.called', data: { name: 'book', arguments: { day: 'Monday' }, ok: true, atMs: 2600 } }],
  });
  await end(call.id);
  await runJob(call.id, id);
  expect(bodies()[0]?.['data']).toMatchObject({
    call_id: call.id,
    agent: 'receptionist',
    phone_number: '+15551239999',
    metadata: { order: 7 },
    variables: { name: 'Ada' },
    outcome: 'completed',
    end_reason: 'agent_goodbye',
    end_reason_text: expect.stringMatching(/goodbye/),
    fault: 'nobody',
    hung_up_by: 'agent',
    answered_at: call.answeredAt?.toISOString(),
    duration_ms: expect.any(Number),
    attempts: [],
    transcript: [
      { role: 'agent', text: 'Hello.', started_ms: 0, ended_ms: 900, interrupted: false },
      { text: 'Sure.', interrupted: true, latency: { llm_first_token_ms: 200, total_ms: 700 } },
    ],
    latency: { total_ms: { n: 1, min: 700, p50: 700, p90: 700, p95: 700, max: 700 } },
    tool_calls: [{ name: 'book', arguments: { day: 'Monday' }, ok: true, at_ms: 2600 }],
    costs: [{ component: 'llm', usd: '0.1' }, { usd: '0.2' }, { component: 'tts' }],
    cost_by_component_usd: { llm: '0.3', tts: '0.000001' },
    cost_usd: '0.300001',
  });
});

describe('a failing receiver', () => {
  test('is tried again later with the same id, and later events wait behind', async () => {
    const { id, secrets } = await endpoint();
    const call = await answered();
    receiver.answers({ status: 503, headers: { 'retry-after': '60' } }, { status: 200 });
    await runJob(call.id, id);
    const job = await jobOf(call.id, id);
    expect(job!.run_at.getTime() - Date.now()).toBeGreaterThan(50_000);
    await end(call.id);
    await runJob(call.id, id);
    expect(receiver.received).toHaveLength(1);
    await pass(call.id);
    await runJob(call.id, id);
    expect(bodies().map(({ sequence }) => sequence)).toEqual([1, 1, 2]);
    const [one, two] = receiver.received;
    expect(two?.headers['webhook-id']).toBe(one?.headers['webhook-id']);
    receiver.verify(secrets[0]!, two!);
    expect((await owed(call.id))[0]).toMatchObject({
      state: 'delivered',
      attempts: 2,
      lastStatus: 200,
      lastError: null,
    });
  });

  test('for three days is given up visibly, does not hold back what comes after, and can be sent again', async () => {
    const { id } = await endpoint();
    const call = await answered();
    receiver.answers({ status: 500 });
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await pass(call.id);
      await runJob(call.id, id);
    }
    expect(receiver.received).toHaveLength(10);
    const [dead] = (await deliveries.listDeliveries({ tenantId, callId: call.id, state: 'dead', limit: 5 })).deliveries;
    expect(dead).toMatchObject({ attempts: 10, lastStatus: 500, lastError: expect.stringMatching(/answered 500/) });
    receiver.answers({ status: 200 });
    await end(call.id);
    await runJob(call.id, id);
    expect(bodies().at(-1)).toMatchObject({ sequence: 2 });
    await deliveries.redeliver(dead!.id, tenantId);
    expect(await jobOf(call.id, id)).toBeDefined();
    await runJob(call.id, id);
    expect(bodies().at(-1)).toMatchObject({ sequence: 1, id: dead!.id });
    expect((await owed(call.id)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  });

  test('that answers 410 is disabled and gets nothing more', async () => {
    const { id } = await endpoint();
    const call = await answered();
    await end(call.id);
    receiver.answers({ status: 410 });
    await runJob(call.id, id);
    expect(receiver.received).toHaveLength(1);
    expect((await owed(call.id)).map(({ state }) => state)).toEqual(['dead', 'dead']);
    expect(await webhooks.findEndpoint(id, tenantId)).toMatchObject({
      disabledAt: expect.any(Date),
      disabledReason: expect.stringMatching(/410/),
    });
    await answered();
    expect(receiver.received).toHaveLength(1);
  });
});

test('an endpoint that the operator disabled gets nothing of what is still owed', async () => {
  const { id } = await endpoint();
  const call = await answered();
  await webhooks.updateEndpoint(id, tenantId, { enabled: false });
  await runJob(call.id, id);
  expect(receiver.received).toEqual([]);
  expect(await owed(call.id)).toMatchObject([{ state: 'dead', lastError: 'The webhook is disabled.' }]);
});

test('after a rotation both secrets verify, and after the overlap only the new one', async () => {
  const { id, secrets: old } = await endpoint();
  const { secrets } = (await webhooks.rotateSecret(id, tenantId, 3600)) as WebhookEndpoint;
  const call = await answered();
  await runJob(call.id, id);
  receiver.verify(old[0]!, receiver.received[0]!);
  receiver.verify(secrets[0]!, receiver.received[0]!);
  await database.pool.query('UPDATE parley.webhook_endpoints SET previous_secret_until = now() WHERE id = $1', [id]);
  await end(call.id);
  await runJob(call.id, id);
  receiver.verify(secrets[0]!, receiver.received[1]!);
  expect(() => receiver.verify(old[0]!, receiver.received[1]!)).toThrow(/signature/);
});

test('a workflow that waits gets the bare report, once the call has ended', async () => {
  const path = '/webhook-waiting/42?signature=a%2Fb';
  const call = await answered({
    webhooks: [{ kind: 'resume', url: `http://127.0.0.1:${receiver.port}${path}`, events: ['call.ended'] }],
  });
  await end(call.id);
  const [{ endpointId } = { endpointId: '' }] = await owed(call.id);
  await runJob(call.id, endpointId);
  expect(receiver.received).toHaveLength(1);
  expect(receiver.received[0]).toMatchObject({ path });
  expect(receiver.received[0]?.headers['webhook-signature']).toBeUndefined();
  expect(bodies()[0]).toMatchObject({ call_id: call.id, outcome: 'completed', transcript: [], cost_usd: '0' });
});

test('two senders at once send each event once', async () => {
  const { id } = await endpoint();
  const call = await answered();
  await end(call.id);
  await Promise.all([runJob(call.id, id), runJob(call.id, id), runJob(call.id, id)]);
  expect(bodies().map(({ sequence }) => sequence)).toEqual([1, 2]);
});
