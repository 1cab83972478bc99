import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../../src/calls/new-id.ts';
import type { AcceptedKey, CallStore } from '../../src/calls/ports.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { idempotencyStore } from '../../src/store/calls/idempotency-store.ts';
import { aCall, openStore, tenantId } from './open-store.ts';

let database: Database;
let close: () => Promise<void>;
let calls: CallStore;
let key: AcceptedKey;

beforeAll(async () => {
  ({ database, close } = await openStore());
  calls = callStore(database);
});
afterAll(() => close());
beforeEach(() => {
  key = { id: `key_1:${newId('call')}`, requestHash: 'same', response: { status: 202, body: { call_id: 'call_1' } } };
});

const insert = (call = aCall()) => calls.insertCallOnce(call, { type: 'call.queued' }, key);
const find = () => idempotencyStore(database).find(key.id);
const expire = () =>
  database.pool.query(`UPDATE parley.idempotency_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [
    key.id,
  ]);

test('a key is found with the answer that was written with its call', async () => {
  expect(await find()).toBeNull();
  const call = aCall();
  expect(await insert(call)).toMatchObject({ id: call.id });
  expect(await find()).toEqual({ requestHash: 'same', response: key.response });
});

test('of twenty calls at once under a key one is written, and nothing of the others', async () => {
  const before = await rowCounts();
  const placed = await Promise.all(Array.from({ length: 20 }, () => insert()));
  expect(placed.filter((call) => call !== null)).toHaveLength(1);
  const one = { calls: 1, events: 1, jobs: 1, keys: 1 };
  for (const [what, count] of Object.entries(await rowCounts()))
    expect({ [what]: Number(count) - Number(before[what]) }).toEqual({ [what]: one[what as keyof typeof one] });
});

test('a call that is not written leaves its key free', async () => {
  await expect(insert(aCall({ tenantId: 'nobody' }))).rejects.toThrow();
  expect(await find()).toBeNull();
  expect(await insert()).not.toBeNull();
});

test('a key is as new after a day, swept up or not', async () => {
  await insert();
  await expire();
  expect(await find()).toBeNull();
  expect(await insert()).not.toBeNull();
  expect(await insert()).toBeNull();
  await expire();
  await idempotencyStore(database).deleteExpired();
  expect((await database.pool.query('SELECT 1 FROM parley.idempotency_keys WHERE id = $1', [key.id])).rows).toEqual([]);
});

async function rowCounts(): Promise<Record<string, string>> {
  const { rows } = await database.pool.query(
    `SELECT (SELECT count(*) FROM parley.calls WHERE tenant_id = $1) AS calls, (SELECT count(*) FROM parley.call_events) AS events,
      (SELECT count(*) FROM graphile_worker.jobs) AS jobs, (SELECT count(*) FROM parley.idempotency_keys) AS keys`,
    [tenantId],
  );
  return rows[0];
}
