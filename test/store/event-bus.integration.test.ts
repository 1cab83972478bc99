import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { newId } from '../../src/calls/new-id.ts';
import type { CallStore } from '../../src/calls/ports.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { openEventBus } from '../../src/store/connection/event-bus.ts';
import { aCall, openStore } from './open-store.ts';

let url: string;
let database: Database;
let close: () => Promise<void>;
let store: CallStore;

beforeAll(async () => {
  ({ url, database, close } = await openStore());
  store = callStore(database);
});
afterAll(() => close());

async function openBus(log?: (level: string, message: string) => void) {
  const bus = openEventBus({ url, ...(log && { log }) });
  onTestFinished(() => bus.close());
  await bus.listening;
  return bus;
}

/** Resolves with the next news of the call. */
const nextNews = (bus: Awaited<ReturnType<typeof openBus>>, callId: string) =>
  new Promise<void>((resolve) => {
    const stop = bus.onNews(callId, () => {
      stop();
      resolve();
    });
  });

const listeningBackends = async () =>
  (
    await database.pool.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'parley-events' AND datname = current_database()`,
    )
  ).rows.map((row) => row.pid);

test('tells of every kind of write, when its events can be read', async () => {
  const bus = await openBus();
  const call = aCall();
  await store.insertCall(call, { type: 'call.queued' });

  const changed = nextNews(bus, call.id);
  await store.transition({ callId: call.id, to: 'dispatching', event: { type: 'call.state' } });
  await changed;

  const recorded = nextNews(bus, call.id).then(() => store.listEvents(call.id, 2));
  await store.record(call.id, { events: [{ type: 'turn.agent' }, { type: 'turn.caller' }] });
  expect(await recorded).toMatchObject([{ sequence: 3 }, { sequence: 4 }]);
});

test('tells only those who follow the call, and no longer than they do', async () => {
  const bus = await openBus();
  const [followed, other] = [aCall(), aCall()];
  for (const call of [followed, other]) await store.insertCall(call, { type: 'call.queued' });
  let told = 0;
  const stop = bus.onNews(followed.id, () => (told += 1));
  const secondFollower = nextNews(bus, followed.id);
  for (const { id } of [other, followed]) await store.record(id, { events: [{ type: 'turn.caller' }] });
  await secondFollower;
  expect(told).toBe(1);

  stop();
  stop();
  const afterwards = nextNews(bus, followed.id);
  await store.record(followed.id, { events: [{ type: 'turn.agent' }] });
  await afterwards;
  expect(told).toBe(1);
});

test('a listener that throws keeps nobody else from hearing', async () => {
  const said: string[] = [];
  const bus = await openBus((_level, message) => said.push(message));
  const call = aCall();
  await store.insertCall(call, { type: 'call.queued' });
  bus.onNews(call.id, () => {
    throw new Error('a defect');
  });
  const news = nextNews(bus, call.id);
  await store.record(call.id, { events: [{ type: 'turn.agent' }] });
  await news;
  expect(said).toEqual([expect.stringContaining('failed')]);
});

test('connects again after its connection was cut, and then tells everybody', async () => {
  const bus = await openBus();
  const [before] = await listeningBackends();
  const call = aCall();
  await store.insertCall(call, { type: 'call.queued' });
  const afterGap = nextNews(bus, call.id);
  await database.pool.query('SELECT pg_terminate_backend($1)', [before]);
  await afterGap;
  expect(await listeningBackends()).not.toContain(before);

  const news = nextNews(bus, call.id);
  await store.record(call.id, { events: [{ type: 'turn.agent' }] });
  await news;
});

test('keeps trying while there is nothing to connect to, and stops when closed', async () => {
  const said: string[] = [];
  const bus = openEventBus({ url: 'postgresql://localhost:1/none', log: (_level, message) => said.push(message) });
  await sleep(250);
  await bus.close();
  await bus.close();
  await bus.listening;
  expect(said).toEqual([expect.stringContaining('trying again')]);
});

test('leaves no connection behind when closed', async () => {
  const bus = await openBus();
  expect(await listeningBackends()).toHaveLength(1);
  await bus.close();
  await expect.poll(listeningBackends).toEqual([]);
  expect(bus.onNews(newId('call'), () => undefined)).toBeTypeOf('function');
});
