import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallEventType } from '../../src/calls/call.ts';
import type { CallStore, NewCall } from '../../src/calls/ports.ts';
import type { DeliveryStore, WebhookStore } from '../../src/calls/webhooks/webhook-ports.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { deliveryStore } from '../../src/store/webhooks/delivery-store.ts';
import { webhookStore } from '../../src/store/webhooks/webhook-store.ts';
import { aCall, openStore, otherTenantId, tenantId } from './open-store.ts';

let database: Database;
let close: () => Promise<void>;
let calls: CallStore;
let webhooks: WebhookStore;
let deliveries: DeliveryStore;

beforeAll(async () => {
  ({ database, close } = await openStore());
  calls = callStore(database);
  webhooks = webhookStore(database);
  deliveries = deliveryStore(database);
});
afterAll(() => close());

const url = 'https://example.com/hook';
const endpoint = (events: CallEventType[]) => webhooks.insertEndpoint({ tenantId, url, events });
const queue = (call: Partial<NewCall> = {}) => calls.insertCall(aCall(call), { type: 'call.queued' });
const end = (callId: string) =>
  calls.transition({
    callId,
    to: 'ended',
    patch: { outcome: 'canceled' },
    event: { type: 'call.ended', data: { n: 1 } },
  });
const claim = (callId: string, endpointId: string, lockSeconds = 30) =>
  deliveries.claimDelivery({ callId, endpointId, lockSeconds });
const jobsOf = async (callId: string, endpointId: string) =>
  (
    await database.pool.query('SELECT task_identifier FROM graphile_worker.jobs WHERE key = $1', [
      `webhook:${callId}:${endpointId}`,
    ])
  ).rows;

describe('an event', () => {
  test('is owed to the endpoints of its tenant that want it, with one job per call and endpoint', async () => {
    const wanting = await endpoint(['call.queued', 'call.ended']);
    const other = await endpoint(['call.ringing']);
    const { id } = await queue();
    await end(id);
    const { deliveries: owed } = await deliveries.listDeliveries({ tenantId, callId: id, limit: 10 });
    expect(
      owed
        .map(({ endpointId, sequence, state }) => ({ endpointId, sequence, state }))
        .sort((a, b) => a.sequence - b.sequence),
    ).toEqual([
      { endpointId: wanting.id, sequence: 1, state: 'pending' },
      { endpointId: wanting.id, sequence: 2, state: 'pending' },
    ]);
    expect(await jobsOf(id, wanting.id)).toEqual([{ task_identifier: 'deliver-webhook' }]);
    expect(await jobsOf(id, other.id)).toEqual([]);
    for (const made of [wanting, other]) expect(await webhooks.deleteEndpoint(made.id, tenantId)).toBe(true);
  });

  test('of another tenant is owed nothing', async () => {
    const { id: endpointId } = await endpoint(['call.queued']);
    const { id } = await queue({ tenantId: otherTenantId });
    expect((await deliveries.listDeliveries({ tenantId, endpointId, limit: 10 })).deliveries).toEqual([]);
    expect((await deliveries.listDeliveries({ tenantId: otherTenantId, callId: id, limit: 10 })).deliveries).toEqual(
      [],
    );
    await webhooks.deleteEndpoint(endpointId, tenantId);
  });

  test('recorded among turns is delivered too, in one write', async () => {
    const { id: endpointId } = await endpoint(['call.machine_detected']);
    const { id } = await queue();
    await calls.record(id, {
      events: [{ type: 'turn.agent' }, { type: 'call.machine_detected', data: { beep: true } }],
    });
    expect(await claim(id, endpointId)).toMatchObject({ is: 'claimed', event: { sequence: 3, data: { beep: true } } });
    await webhooks.deleteEndpoint(endpointId, tenantId);
  });

  test('goes to the addresses that the call itself named, from its very first', async () => {
    const { id } = await queue({
      webhooks: [
        { kind: 'events', url: 'https://example.com/own', events: ['call.queued'] },
        { kind: 'resume', url: 'https://example.com/resume', events: ['call.ended'] },
      ],
    });
    await queue();
    await end(id);
    const { deliveries: owed } = await deliveries.listDeliveries({ tenantId, callId: id, limit: 10 });
    expect(new Set(owed.map(({ sequence }) => sequence))).toEqual(new Set([1, 2]));
    expect(owed).toHaveLength(2);
    const [resume] = owed.filter(({ sequence }) => sequence === 2);
    expect(await claim(id, resume?.endpointId ?? '')).toMatchObject({
      is: 'claimed',
      endpoint: {
        kind: 'resume',
        url: 'https://example.com/resume',
        callId: id,
        secrets: [expect.stringMatching(/^whsec_/)],
      },
      event: { type: 'call.ended' },
    });
    expect(await webhooks.listEndpoints(tenantId)).toEqual([]);
    expect(await webhooks.findEndpoint(resume?.endpointId ?? '', tenantId)).toBeNull();
  });
});

describe('delivering', () => {
  const owed = async () => {
    const { id: endpointId } = await endpoint(['call.queued', 'call.ended']);
    const { id: callId } = await queue();
    await end(callId);
    return { callId, endpointId };
  };
  const claimed = async (line: { callId: string; endpointId: string }, lockSeconds = 30) => {
    const made = await claim(line.callId, line.endpointId, lockSeconds);
    if (made.is !== 'claimed') throw new Error(`The delivery is ${made.is}.`);
    return made;
  };

  test('keeps the order of a call, one sender at a time', async () => {
    const line = await owed();
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(line.callId, line.endpointId)));
    const won = claims.filter((made) => made.is === 'claimed');
    expect(won).toHaveLength(1);
    expect(won[0]).toMatchObject({ event: { type: 'call.queued' }, delivery: { attempts: 1 } });
    expect(claims.filter((made) => made.is === 'waiting')).toHaveLength(7);

    await deliveries.settleDelivery(won[0]?.delivery.id ?? '', { state: 'delivered', status: 204 });
    const second = await claimed(line);
    expect(second.event).toMatchObject({ type: 'call.ended', sequence: 2, data: { n: 1 } });
    await deliveries.settleDelivery(second.delivery.id, { state: 'delivered', status: 200 });
    expect(await claim(line.callId, line.endpointId)).toEqual({ is: 'nothing' });
  });

  test('holds later events back while an earlier one waits for its next try', async () => {
    const line = await owed();
    const { delivery } = await claimed(line);
    await deliveries.settleDelivery(delivery.id, {
      state: 'pending',
      retryInSeconds: 60,
      status: 503,
      error: 'HTTP 503',
    });
    const waiting = await claim(line.callId, line.endpointId);
    expect(waiting).toMatchObject({ is: 'waiting' });
    expect('until' in waiting && Math.abs(waiting.until.getTime() - Date.now() - 60_000)).toBeLessThan(5_000);
    const { deliveries: kept } = await deliveries.listDeliveries({ tenantId, endpointId: line.endpointId, limit: 10 });
    expect(kept.find(({ id }) => id === delivery.id)).toMatchObject({
      lastStatus: 503,
      lastError: 'HTTP 503',
      attempts: 1,
    });
  });

  test('goes on past one that was given up, and sends that again when asked', async () => {
    const line = await owed();
    const first = await claimed(line);
    await deliveries.settleDelivery(first.delivery.id, { state: 'dead', error: 'gave up' });
    const second = await claimed(line);
    expect(second.event.sequence).toBe(2);
    await deliveries.settleDelivery(second.delivery.id, { state: 'delivered', status: 200 });
    expect(await deliveries.redeliver(first.delivery.id, otherTenantId)).toBeNull();
    expect(await deliveries.redeliver(first.delivery.id, tenantId)).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await jobsOf(line.callId, line.endpointId)).toHaveLength(1);
    expect((await claimed(line)).delivery.id).toBe(first.delivery.id);
  });

  test('is taken over from a sender that died, whose late word changes nothing', async () => {
    const line = await owed();
    const dead = await claimed(line, 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const successor = await claimed(line);
    expect(successor.delivery).toMatchObject({ id: dead.delivery.id, attempts: 2 });
    await deliveries.settleDelivery(successor.delivery.id, { state: 'delivered', status: 200 });
    await deliveries.settleDelivery(dead.delivery.id, { state: 'dead', error: 'late' });
    const { deliveries: kept } = await deliveries.listDeliveries({ tenantId, ...line, state: 'delivered', limit: 10 });
    expect(kept.map(({ id }) => id)).toEqual([dead.delivery.id]);
  });

  test('stops at a disabled endpoint: nothing new is owed, what was is given up', async () => {
    const line = await owed();
    await webhooks.disableEndpoint(line.endpointId, 'The receiver answered 410.');
    expect(await claim(line.callId, line.endpointId)).toEqual({ is: 'nothing' });
    const { deliveries: dead } = await deliveries.listDeliveries({ tenantId, ...line, state: 'dead', limit: 10 });
    expect(dead).toHaveLength(2);
    const { id } = await queue();
    expect(
      (await deliveries.listDeliveries({ tenantId, endpointId: line.endpointId, callId: id, limit: 1 })).deliveries,
    ).toEqual([]);
    expect(await webhooks.findEndpoint(line.endpointId, tenantId)).toMatchObject({
      disabledReason: 'The receiver answered 410.',
    });
    expect(await webhooks.updateEndpoint(line.endpointId, tenantId, { enabled: true })).toMatchObject({
      disabledAt: null,
    });
  });
});

describe('an endpoint', () => {
  test('signs with both secrets for a while after a rotation', async () => {
    const made = await endpoint(['call.ended']);
    const rotated = await webhooks.rotateSecret(made.id, tenantId, 3600);
    expect(rotated?.secrets).toEqual([expect.stringMatching(/^whsec_/), made.secrets[0]]);
    expect(rotated?.secrets[0]).not.toBe(made.secrets[0]);
    const again = await webhooks.rotateSecret(made.id, tenantId, 0);
    expect((await webhooks.findEndpoint(made.id, tenantId))?.secrets).toEqual([again?.secrets[0]]);
  });

  test('of another tenant can be neither read nor changed', async () => {
    const { id } = await endpoint(['call.ended']);
    expect(await webhooks.findEndpoint(id, otherTenantId)).toBeNull();
    expect(await webhooks.updateEndpoint(id, otherTenantId, { url: 'https://evil.example' })).toBeNull();
    expect(await webhooks.rotateSecret(id, otherTenantId, 0)).toBeNull();
    expect(await webhooks.deleteEndpoint(id, otherTenantId)).toBe(false);
    expect((await webhooks.listEndpoints(otherTenantId)).map((made) => made.id)).not.toContain(id);
    expect(await webhooks.updateEndpoint(id, tenantId, { url: 'https://example.com/new' })).toMatchObject({
      url: 'https://example.com/new',
      events: ['call.ended'],
    });
  });
});
