import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrunkSettings } from '../../src/calls/admission/dispatch-ports.ts';
import { newId } from '../../src/calls/new-id.ts';
import type { LeadStore } from '../../src/calls/ports.ts';
import { auditStore } from '../../src/store/tenants/audit-store.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { doNotCallStore } from '../../src/store/people/do-not-call-store.ts';
import { keyStore } from '../../src/store/tenants/key-store.ts';
import { leadStore } from '../../src/store/people/lead-store.ts';
import { messageStore } from '../../src/store/calls/message-store.ts';
import { trunkSettingsStore } from '../../src/store/tenants/trunk-settings-store.ts';
import { aCall, openStore, otherTenantId, tenantId } from './open-store.ts';

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await openStore());
});
afterAll(() => close());

const aKey = () => ({
  id: newId('key'),
  tenantId,
  name: 'n8n',
  prefix: 'parley_abc',
  hash: newId('hash'),
  scopes: ['calls:read' as const, 'admin' as const],
});

describe('a key', () => {
  test('is found by its hash, which notes when it was used', async () => {
    const keys = keyStore(database);
    const inserted = await keys.insertKey(aKey());
    expect(inserted).toMatchObject({ scopes: ['calls:read', 'admin'], revokedAt: null, lastUsedAt: null });
    // What a store has read it gives again for a second, so each reading is another process's.
    const find = () => keyStore(database).findKeyByHash(inserted.hash);
    await find();
    await expect.poll(async () => (await find())?.lastUsedAt).toBeInstanceOf(Date);
    const used = await find();
    await find();
    expect((await find())?.lastUsedAt).toEqual(used?.lastUsedAt);
    expect(await keys.findKeyByHash('0'.repeat(64))).toBeNull();
  });

  test('seeded by two replicas at once is one key', async () => {
    const keys = keyStore(database);
    const key = aKey();
    const seeded = await Promise.all([keys.insertKey(key), keys.insertKey({ ...key, id: newId('key') })]);
    expect(seeded[0]).toEqual(seeded[1]);
  });

  test('stays revoked since the first time, and only its tenant revokes it', async () => {
    const keys = keyStore(database);
    const { id, hash } = await keys.insertKey(aKey());
    expect(await keys.revokeKey(id, otherTenantId)).toBeNull();
    const elsewhere = keyStore(database);
    for (const store of [keys, elsewhere]) expect((await store.findKeyByHash(hash))?.revokedAt).toBeNull();
    const revoked = await keys.revokeKey(id, tenantId);
    expect(revoked?.revokedAt).toBeInstanceOf(Date);
    expect((await keys.revokeKey(id, tenantId))?.revokedAt).toEqual(revoked?.revokedAt);
    expect((await keys.findKeyByHash(hash))?.revokedAt).toEqual(revoked?.revokedAt);
    await expect
      .poll(async () => (await elsewhere.findKeyByHash(hash))?.revokedAt, { timeout: 5000 })
      .toEqual(revoked?.revokedAt);
    expect((await keys.listKeys(otherTenantId)).map((key) => key.id)).not.toContain(id);
  });

  test('writes who changed what, which the database keeps to known keys', async () => {
    const { id } = await keyStore(database).insertKey(aKey());
    const entry = {
      tenantId,
      keyId: id,
      action: 'DELETE /api/calls/{id}',
      target: 'call_1',
      requestId: 'r',
      status: 200,
    };
    await auditStore(database).record(entry);
    const { rows } = await database.pool.query('SELECT * FROM parley.audit_log WHERE key_id = $1', [id]);
    expect(rows).toMatchObject([{ action: entry.action, target: 'call_1', status: 200 }]);
    await expect(auditStore(database).record({ ...entry, keyId: 'key_none' })).rejects.toThrow();
  });
});

describe('a lead', () => {
  let leads: LeadStore;
  beforeAll(() => {
    leads = leadStore(database);
  });

  test('is one per email address and tenant, whatever its case', async () => {
    const [first] = await leads.upsertLeads(tenantId, [{ email: 'Ada@Example.com', name: 'Ada' }]);
    expect(first).toMatchObject({
      created: true,
      lead: { email: 'ada@example.com', name: 'Ada', company: null, data: {} },
    });
    const [again] = await leads.upsertLeads(tenantId, [{ email: 'ada@example.com', company: 'Engines' }]);
    expect(again).toMatchObject({ created: false, lead: { id: first?.lead.id, name: 'Ada', company: 'Engines' } });
    const [elsewhere] = await leads.upsertLeads(otherTenantId, [{ email: 'ada@example.com' }]);
    expect(elsewhere?.created).toBe(true);
    expect(await leads.findLead(first?.lead.id ?? '', otherTenantId)).toBeNull();
  });

  test('keeps what is absent, loses what is null, and merges its data key by key', async () => {
    const email = 'grace@example.com';
    await leads.upsertLeads(tenantId, [{ email, name: 'Grace', phoneNumber: '+15551230000', data: { a: 1, b: 2 } }]);
    const [changed] = await leads.upsertLeads(tenantId, [{ email, phoneNumber: null, data: { b: 3, c: '"' } }]);
    expect(changed?.lead).toMatchObject({ name: 'Grace', phoneNumber: null, data: { a: 1, b: 3, c: '"' } });
  });

  test('list keeps the order of the input, and counts a repeated address once', async () => {
    const written = await leads.upsertLeads(tenantId, [
      { email: 'z@example.com', name: 'Z' },
      { email: 'a@example.com' },
      { email: 'Z@example.com', company: 'Last' },
    ]);
    expect(written.map(({ lead }) => lead.email)).toEqual(['z@example.com', 'a@example.com', 'z@example.com']);
    expect(written[0]?.lead).toMatchObject({ name: 'Z', company: 'Last' });
    expect(written[2]).toEqual(written[0]);
  });

  test('imports of the same thousand addresses at once neither deadlock nor double', async () => {
    const emails = Array.from({ length: 1000 }, (_, index) => `many-${index}@example.com`);
    const imports = [emails, [...emails].reverse(), emails].map((list) =>
      leads.upsertLeads(
        tenantId,
        list.map((email) => ({ email })),
      ),
    );
    const written = await Promise.all(imports);
    expect(written.flat().filter(({ created }) => created)).toHaveLength(1000);
    const { rows } = await database.pool.query(`SELECT count(*)::int AS n FROM parley.leads WHERE email LIKE 'many-%'`);
    expect(rows).toEqual([{ n: 1000 }]);
  });

  test('lists newest first, in pages, or by address', async () => {
    const page = await leads.listLeads({ tenantId, limit: 2 });
    expect(page.leads).toHaveLength(2);
    const next = await leads.listLeads({ tenantId, limit: 2, cursor: page.nextCursor ?? '' });
    const ids = [...page.leads, ...next.leads].map((lead) => lead.id);
    expect(new Set(ids).size).toBe(4);
    const found = await leads.listLeads({ tenantId, email: 'ADA@example.com', limit: 10 });
    expect(found.leads.map((lead) => lead.name)).toEqual(['Ada']);
  });
});

test('a message is kept once, with its call', async () => {
  const messages = messageStore(database);
  const { id: callId } = await callStore(database).insertCall(aCall(), { type: 'call.queued' });
  const message = {
    id: newId('msg'),
    callId,
    tenantId,
    callerName: 'Ada',
    phoneNumber: 'five five five',
    text: 'Call me',
  };
  await messages.insertMessage(message);
  await messages.insertMessage({ ...message, text: 'Something else' });
  expect(await messages.listMessages(callId)).toEqual([{ ...message, createdAt: expect.any(Date) }]);
});

test('a number is on the do-not-call list of the tenant that put it there, or on the operator’s', async () => {
  const list = doNotCallStore(database);
  const phoneNumber = '+15557770000';
  const own = { tenantId };
  expect(await list.add(own, 'api', [{ phoneNumber, reason: 'asked', callId: 'call_1' }])).toBe(1);
  expect(await list.add(own, 'csv', [{ phoneNumber, reason: 'asked again' }])).toBe(0);
  const entry = { phoneNumber, reason: 'asked', source: 'api', callId: 'call_1', list: 'tenant' };
  expect(await list.find(tenantId, phoneNumber)).toMatchObject(entry);
  expect(await list.find(otherTenantId, phoneNumber)).toBeNull();
  expect(await list.list({ list: own, limit: 10 })).toMatchObject({ entries: [entry], nextCursor: null });
  expect(await list.add('operator', 'command', [{ phoneNumber, reason: 'the law' }])).toBe(1);
  expect(await list.find(otherTenantId, phoneNumber)).toMatchObject({ reason: 'the law', list: 'operator' });
  expect(await list.find(tenantId, phoneNumber)).toMatchObject(entry);
  expect([await list.remove(own, phoneNumber), await list.remove(own, phoneNumber)]).toEqual([true, false]);
  expect(await list.remove('operator', phoneNumber)).toBe(true);
});

test('settings of a trunk are replaced as a whole, and are the tenant’s own', async () => {
  const trunks = trunkSettingsStore(database);
  const settings: TrunkSettings = {
    tenantId,
    trunkId: 'ST_1',
    direction: 'outbound',
    fromNumber: '+15550001111',
    agent: null,
    allowedCountries: ['US', 'CA'],
    maxCalls: 3,
    callsPerSecond: 0.5,
  };
  await trunks.save(settings);
  expect(await trunks.listRecent(tenantId)).toEqual([settings]);
  await trunks.save({ ...settings, allowedCountries: null, maxCalls: 0 });
  const replaced = [{ ...settings, allowedCountries: null, maxCalls: 0 }];
  expect([await trunks.list(tenantId), await trunks.listRecent(tenantId)]).toEqual([replaced, replaced]);
  expect(await trunks.list(otherTenantId)).toEqual([]);
  expect(await trunks.remove(tenantId, 'ST_1')).toBe(true);
  expect(await trunks.remove(tenantId, 'ST_1')).toBe(false);
});
