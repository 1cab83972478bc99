import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PgDialect } from 'drizzle-orm/pg-core';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { CallStore } from '../../src/calls/ports.ts';
import { saidInCall } from '../../src/store/calls/said-in-call.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { personalDataStore } from '../../src/store/people/personal-data-store.ts';
import { newId } from '../../src/calls/new-id.ts';
import { aCall, openStore, otherTenantId, tenantId } from './open-store.ts';

let close: () => Promise<void>;
let database: Database;
let store: CallStore;

beforeAll(async () => {
  const opened = await openStore();
  ({ close, database } = opened);
  store = callStore(database);
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

describe('what was said', () => {
  const agent = newId('agent');
  const turn = (index: number, role: 'agent' | 'caller', text: string) => ({
    index,
    role,
    text,
    startedMs: index * 1000,
    endedMs: index * 1000 + 900,
    interrupted: false,
  });
  const aTalk = async (texts: string[], overrides: Parameters<typeof aCall>[0] = {}) => {
    const { id } = await store.insertCall(aCall({ agent, state: 'in_progress', ...overrides }), {
      type: 'call.answered',
    });
    await store.record(id, { turns: texts.map((text, index) => turn(index, index % 2 ? 'caller' : 'agent', text)) });
    return id;
  };
  const found = async (said: string, asked = tenantId) =>
    (await store.listCalls({ tenantId: asked, agent, said, limit: 10 })).calls.map(({ id }) => id);

  test.each([
    ['a word, however it is written', 'INVOICES', true],
    ['how a word begins', 'invoic', true],
    ['words of both sides', 'help invoices', true],
    ['words that stand together', '"about two invoices"', true],
    ['an address', 'ada@example.com', true],
    ['letters beyond ASCII', 'müller', true],
    ['a word with a hyphen', 'twenty-one', true],
    ['a word that was not said', 'invoices pizza', false],
    ['words that do not stand together', '"help invoices"', false],
    ['the end of a word', 'voices', false],
    ['what means something to tsquery', "invoices & ! | ('", true],
    ['markup', '<b> invoices', false],
  ])('is found by %s: %s', async (_, said, isFound) => {
    const id = await aTalk([
      'Hello, how may I help?',
      'It is about two invoices, 17 and twenty-one. Müller, ada@example.com',
    ]);
    expect((await found(said)).includes(id)).toBe(isFound);
  });

  test('is found by its own tenant alone, and by nobody once it is erased or its time is over', async () => {
    const [ours, theirs] = [await aTalk(['', 'Zanzibar']), await aTalk(['', 'Zanzibar'], { tenantId: otherTenantId })];
    expect([await found('zanzibar'), await found('zanzibar', otherTenantId)]).toEqual([[ours], [theirs]]);
    for (const callId of [ours, theirs])
      await store.transition({
        callId,
        to: 'ended',
        patch: { outcome: 'completed', endReason: 'agent_goodbye' },
        event: { type: 'call.ended' },
      });
    await store.eraseCall(ours, tenantId);
    await database.pool.query(`UPDATE parley.tenants SET words_days = 1 WHERE id = $1`, [otherTenantId]);
    await database.pool.query(`UPDATE parley.calls SET ended_at = now() - interval '2 days' WHERE id = $1`, [theirs]);
    await personalDataStore(database).deleteDue(100);
    expect([await found('zanzibar'), await found('zanzibar', otherTenantId)]).toEqual([[], []]);
  });

  test('is looked for in an index', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('SET enable_seqscan = off; SET enable_indexscan = off');
      const [term] = saidInCall('invoices');
      const { sql: text, params } = new PgDialect().sqlToQuery(term!);
      const { rows } = await client.query(`EXPLAIN SELECT id FROM parley.calls WHERE ${text}`, params);
      expect(JSON.stringify(rows)).toContain('call_turns_words');
    } finally {
      await client.query('RESET ALL');
      client.release();
    }
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
