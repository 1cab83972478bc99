import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { CallStore } from '../../src/calls/ports.ts';
import { newId } from '../../src/calls/new-id.ts';
import { aCall, openStore, otherTenantId, tenantId } from './open-store.ts';

let close: () => Promise<void>;
let store: CallStore;

beforeAll(async () => {
  const opened = await openStore();
  ({ close } = opened);
  store = callStore(opened.database);
});
afterAll(() => close());

describe('reading', () => {
  test('never shows a call of another tenant', async () => {
    const { id } = await store.insertCall(aCall({ tenantId: otherTenantId }), { type: 'call.queued' });
    expect(await store.findCall(id, tenantId)).toBeNull();
    expect(await store.eraseCall(id, tenantId)).toBeNull();
    const { calls } = await store.listCalls({ tenantId, limit: 200 });
    expect(calls.some((call) => call.id === id)).toBe(false);
  });

  test('pages through the list newest first, each call once', async () => {
    const agent = newId('agent');
    const ids: string[] = [];
    for (let made = 0; made < 7; made += 1)
      ids.push((await store.insertCall(aCall({ agent }), { type: 'call.queued' })).id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<CallStore['listCalls']>> = await store.listCalls({
        tenantId,
        agent,
        limit: 3,
        ...(cursor !== null && { cursor }),
      });
      seen.push(...page.calls.map((call) => call.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([...ids].sort().reverse());
    await expect(store.listCalls({ tenantId, limit: 3, cursor: 'bm9wZQ' })).rejects.toMatchObject({
      code: 'invalid_cursor',
    });
  });

  test('filters by state, number and time', async () => {
    const phoneNumber = '+15559990001';
    const { id, createdAt } = await store.insertCall(aCall({ phoneNumber }), { type: 'call.queued' });
    const list = async (query: object) =>
      (await store.listCalls({ tenantId, phoneNumber, limit: 10, ...query })).calls.map((call) => call.id);
    expect(await list({ states: ['queued'] })).toEqual([id]);
    expect(await list({ states: ['ended'] })).toEqual([]);
    expect(await list({ createdAfter: createdAt })).toEqual([id]);
    expect(await list({ createdBefore: createdAt })).toEqual([]);
  });
});

describe('erasing', () => {
  test('removes what identifies a person and keeps the figures', async () => {
    const { id } = await store.insertCall(
      aCall({ variables: { name: 'Ada' }, metadata: { email: 'ada@example.com' }, playbook: 'Call Ada' }),
      { type: 'call.queued', data: { to: '+15551230000' } },
    );
    expect(await store.eraseCall(id, tenantId)).toBeNull();
    await store.record(id, {
      turns: [
        {
          index: 0,
          role: 'caller',
          text: 'I am Ada',
          startedMs: 0,
          endedMs: 5,
          interrupted: false,
          latency: { totalMs: 5 },
        },
      ],
      costs: [
        { component: 'tts', provider: 'p', model: 'm', quantity: 1, unit: 'character', usd: '0.5', source: 'list' },
      ],
    });
    await store.transition({
      callId: id,
      to: 'ended',
      patch: {
        outcome: 'canceled',
        endReason: 'canceled_before_answer',
        report: { transcript: ['Ada'], duration_seconds: 5 },
      },
      event: { type: 'call.ended' },
    });
    const erased = await store.eraseCall(id, tenantId);
    const kept = JSON.stringify([erased, await store.listEvents(id), await store.listTurns(id)]);
    expect(kept).not.toMatch(/Ada|ada@|\+1555/);
    expect(erased).toMatchObject({ outcome: 'canceled', costUsd: '0.5', report: { duration_seconds: 5 } });
    expect(await store.listTurns(id)).toMatchObject([{ text: '', latency: { totalMs: 5 } }]);
    expect(await store.eraseCall(id, tenantId)).toEqual(erased);
  });
});
