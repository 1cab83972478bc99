import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CallStore } from '../../src/calls/ports.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { openDatabase, type Database } from '../../src/store/connection/database.ts';
import { brokenLine } from './broken-line.ts';
import { aCall, openStore } from './open-store.ts';

let direct: Database;
let database: Database;
let store: CallStore;
let line: Awaited<ReturnType<typeof brokenLine>>;
let close: () => Promise<void>;
let said: string[];

beforeAll(async () => {
  const opened = await openStore();
  direct = opened.database;
  line = await brokenLine(opened.url);
  database = openDatabase({
    url: line.url,
    maxConnections: 4,
    outageSeconds: 10,
    log: (_level, message) => said.push(message),
  });
  store = callStore(database);
  close = async () => {
    await database.close();
    line.close();
    await opened.close();
  };
});
afterAll(() => close());
beforeEach(() => {
  said = [];
});

const cost = {
  component: 'llm',
  provider: 'p',
  model: 'm',
  quantity: 1,
  unit: 'token',
  usd: '0.1',
  source: 'list',
} as const;

test('what is written while the server is away is written when it is back, once', async () => {
  const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
  line.cut();
  const writes = [
    store.record(id, { events: [{ type: 'turn.agent' }], costs: [cost] }),
    store.transition({ callId: id, to: 'dispatching', event: { type: 'call.state' } }),
    store.insertCall(aCall(), { type: 'call.queued' }),
  ];
  await expect.poll(() => said.some((message) => message.includes('is down')), { timeout: 10_000 }).toBe(true);
  line.restore();
  await Promise.all(writes);
  expect(await store.listEvents(id)).toHaveLength(3);
  expect(await store.listCosts(id)).toHaveLength(1);
  expect(said.some((message) => message.includes('back'))).toBe(true);
});

test('a transition whose answer was lost is still won by whoever won it', async () => {
  const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
  line.loseNextAnswer();
  const won = await store.transition({ callId: id, to: 'dispatching', event: { type: 'call.state' } });
  expect(won?.state).toBe('dispatching');
  expect(await store.listEvents(id)).toHaveLength(2);
  expect(await store.transition({ callId: id, to: 'dispatching', event: { type: 'call.state' } })).toBeNull();
});

test('costs whose answer was lost are counted once', async () => {
  const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
  line.loseNextAnswer();
  await store.record(id, { events: [{ type: 'turn.agent' }], costs: [cost, cost] });
  expect((await store.findCall(id))?.costUsd).toBe('0.2');
  expect(await store.listEvents(id)).toHaveLength(2);
});

test('a call whose insertion lost its answer is there once, with one job', async () => {
  const call = aCall();
  line.loseNextAnswer();
  expect((await store.insertCall(call, { type: 'call.queued' })).id).toBe(call.id);
  expect(await store.listEvents(call.id)).toHaveLength(1);
});

test('connections ended by the server are replaced without anybody noticing', async () => {
  const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
  await direct.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  expect((await store.findCall(id))?.id).toBe(id);
});

test('a statement under way when its connection is ended is repeated', async () => {
  let runs = 0;
  const answer = database.run(async (db) => {
    runs += 1;
    await db.execute(sql`SELECT pg_sleep(${runs === 1 ? 5 : 0})`);
    return runs;
  });
  await sleep(150);
  await direct.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`);
  expect(await answer).toBe(2);
});

test('a statement on a connection that has died without a word is repeated on another', async () => {
  const brief = openDatabase({ url: line.url, maxConnections: 1, answerSeconds: 0.3 });
  await brief.run((db) => db.execute(sql`SELECT 1`));
  line.freeze();
  const { rows } = await brief.run((db) => db.execute<{ one: number }>(sql`SELECT 1 AS one`));
  expect(rows).toEqual([{ one: 1 }]);
  await brief.close();
});

test('a wrong statement is not repeated', async () => {
  let runs = 0;
  const wrong = database.run((db) => {
    runs += 1;
    return db.execute(sql`SELECT * FROM nowhere`);
  });
  await expect(wrong).rejects.toThrow();
  expect(runs).toBe(1);
});

test('an outage that lasts is reported after the time given for it', async () => {
  const impatient = openDatabase({ url: 'postgresql://localhost:1/none', outageSeconds: 0.3 });
  await expect(impatient.run((db) => db.execute(sql`SELECT 1`))).rejects.toThrow();
  await impatient.close();
  await impatient.close();
});

test('a connection that is lost between two statements of a transaction ends nothing but the transaction', async () => {
  let rounds = 0;
  const answer = await direct.transaction(async (db) => {
    const { rows } = await db.execute<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
    if ((rounds += 1) === 1) {
      await direct.pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
      // Time for PostgreSQL to say so while nobody waits for an answer.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return (await db.execute<{ one: number }>(sql`SELECT 1 AS one`)).rows[0]!.one;
  });
  expect({ answer, rounds }).toEqual({ answer: 1, rounds: 2 });
});
