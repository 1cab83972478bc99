import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { IdempotencyStore } from '../../src/calls/dispatch-ports.ts';
import { newId } from '../../src/calls/new-id.ts';
import { callStore } from '../../src/store/call-store.ts';
import type { Database } from '../../src/store/database.ts';
import { idempotencyStore } from '../../src/store/idempotency-store.ts';
import { aCall, openStore } from './open-store.ts';

let database: Database;
let close: () => Promise<void>;
let store: IdempotencyStore;
let id: string;

beforeAll(async () => {
  ({ database, close } = await openStore());
  store = idempotencyStore(database);
});
afterAll(() => close());
beforeEach(() => {
  id = `key_1:${newId('order')}`;
});

const claim = (resourceId = newId('call'), request: { requestHash?: string; lockSeconds?: number } = {}) =>
  store.claim({ id, requestHash: 'same', resourceId, lockSeconds: 30, ...request });
const response = { status: 202, body: { call_id: 'call_1' } };

test('exactly one of twenty requests with a key goes on; the others learn that it is in flight', async () => {
  const claims = await Promise.all(Array.from({ length: 20 }, () => claim()));
  expect(claims.filter((made) => made.is === 'claimed')).toHaveLength(1);
  const waiting = claims.filter((made) => made.is === 'in_flight');
  expect(waiting).toHaveLength(19);
  for (const { retryAfterSeconds } of waiting) expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
});

test('an answered key gives the same answer again', async () => {
  await claim();
  await store.complete(id, response);
  expect(await claim()).toEqual({ is: 'answered', response });
});

test('the key of another request is a conflict, answered or not', async () => {
  await claim();
  expect(await claim(undefined, { requestHash: 'other' })).toEqual({ is: 'conflict' });
  await store.complete(id, response);
  expect(await claim(undefined, { requestHash: 'other' })).toEqual({ is: 'conflict' });
});

test('a call that was inserted settles its key in the same transaction', async () => {
  const call = aCall();
  await claim(call.id);
  await callStore(database).insertCall({ ...call, idempotency: { id, response } }, { type: 'call.queued' });
  expect(await claim()).toEqual({ is: 'answered', response });
});

test('after a crash the next request goes on with the id of the first', async () => {
  const first = newId('call');
  await claim(first, { lockSeconds: 0 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await claim(newId('call'), { requestHash: 'other' })).toEqual({ is: 'conflict' });
  expect(await claim(newId('call'))).toEqual({ is: 'claimed', resourceId: first });
});

test('a request that repeats its own claim goes on', async () => {
  const resourceId = newId('call');
  await claim(resourceId);
  expect(await claim(resourceId)).toEqual({ is: 'claimed', resourceId });
});

test('a refused request frees its key for a corrected one, an answered one does not', async () => {
  await claim();
  await store.release(id);
  expect((await claim(undefined, { requestHash: 'corrected' })).is).toBe('claimed');
  await store.complete(id, response);
  await store.release(id);
  expect((await claim(undefined, { requestHash: 'corrected' })).is).toBe('answered');
});

test('a key is as new after a day', async () => {
  await claim();
  await store.complete(id, response);
  await database.pool.query(
    `UPDATE parley.idempotency_keys SET expires_at = now() - interval '1 second' WHERE id = $1`,
    [id],
  );
  const resourceId = newId('call');
  expect(await claim(resourceId, { requestHash: 'other' })).toEqual({ is: 'claimed', resourceId });
  await database.pool.query(
    `UPDATE parley.idempotency_keys SET expires_at = now() - interval '1 second' WHERE id = $1`,
    [id],
  );
  await store.deleteExpired();
  expect((await database.pool.query('SELECT 1 FROM parley.idempotency_keys WHERE id = $1', [id])).rows).toEqual([]);
});
