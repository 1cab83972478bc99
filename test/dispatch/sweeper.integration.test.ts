import { readRates } from '../../telephony/index.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AdmitDependencies, admitQueued } from '../../src/calls/admission/admit-queued.ts';
import { dispatchDueCall } from '../../src/calls/place/dispatch-due-call.ts';
import type { NewCall } from '../../src/calls/ports.ts';
import { takeOverCall } from '../../src/calls/end/take-over-call.ts';
import { OutageWatch } from '../../src/calls/end/outage-watch.ts';
import { createSweeper } from '../../src/calls/end/sweep-calls.ts';
import { livekitRooms } from '../../src/livekit/rooms.ts';
import { admissionStore } from '../../src/store/calls/admission-store.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { idempotencyStore } from '../../src/store/calls/idempotency-store.ts';
import { jobQueue } from '../../src/store/connection/job-queue.ts';
import { trunkSettingsStore } from '../../src/store/tenants/trunk-settings-store.ts';
import { workerStore } from '../../src/store/worker-store.ts';
import { livekit } from '../setup/servers.ts';
import { aCall, openStore, tenantId } from '../store/open-store.ts';
import { anAgent } from '../worker/an-agent.ts';

let store: Awaited<ReturnType<typeof openStore>>;
let deps: AdmitDependencies;
let calls: ReturnType<typeof callStore>;
let jobs: ReturnType<typeof jobQueue>;
let undispatched: string[];
let failures: unknown[];
let trunks: ReturnType<typeof trunkSettingsStore>;
let sweep: () => Promise<void>;
/** PostgreSQL has been well for as long as it takes. */
const outages = new OutageWatch({ steadySeconds: 0 });
let workers: ReturnType<typeof workerStore>;

beforeAll(async () => {
  store = await openStore();
  const { database } = store;
  calls = callStore(database);
  jobs = jobQueue(database);
  workers = workerStore(database);
  trunks = trunkSettingsStore(database);
  const agent = anAgent();
  const rooms = livekitRooms({ connection: livekit(), agentName: 'nobody' });
  deps = {
    calls,
    rooms,
    agents: { get: (name) => (name === agent.name ? agent : undefined), list: () => [agent] },
    admission: admissionStore(database),
    trunks,
    rules: {
      maxCalls: 2,
      trunkMaxCalls: 3,
      callsPerSecond: 10,
      attemptsPerNumberPerDay: 3,
      spendPerDayUsd: 10,
      maxMinutes: 240,
      rates: readRates(),
      trunkId: 'ST_x',
      fromNumber: '+14155550100',
    },
    giveWay: async () => undefined,
    onUndispatched: (callId) => undispatched.push(callId),
  };
  sweep = createSweeper({
    calls,
    rooms,
    waitingPhones: async () => [],
    workers,
    tenantId,
    outages,
    admission: admissionStore(database),
    jobs,
    idempotency: idempotencyStore(database),
    onFailure: (failure) => failures.push(failure),
  });
});
afterAll(() => store?.close());
beforeEach(async () => {
  undispatched = [];
  failures = [];
  await query('DELETE FROM parley.calls');
  await query('DELETE FROM graphile_worker._private_jobs');
});

const query = async (sql: string, values: unknown[] = []) => (await store.database.pool.query(sql, values)).rows;
let number = 0;
const insert = async (more: Partial<NewCall> = {}) => {
  const phoneNumber = `+1415555${String(2000 + (number += 1))}`;
  const call = aCall({ phoneNumber, trunkId: 'ST_x', ...more });
  await calls.insertCall(call, { type: 'call.queued' });
  return call.id;
};
const state = async (id: string) => (await calls.findCall(id))!.state;
const dispatch = (id: string) =>
  dispatchDueCall(id, { ...deps, jobs, admitQueued: (tenant) => admitQueued(tenant, deps) });
const ending = async (id: string) => {
  const call = (await calls.findCall(id))!;
  const [last] = (await calls.listEvents(id)).slice(-1);
  return { state: call.state, outcome: call.outcome, endReason: call.endReason, event: last!.data };
};
/** As if the last thing had happened to the call so many seconds ago. */
const age = (id: string, seconds: number) =>
  query('UPDATE parley.calls SET state_since = now() - make_interval(secs => $2) WHERE id = $1', [id, seconds]);
const jobAt = async (id: string) =>
  (await query('SELECT run_at FROM graphile_worker.jobs WHERE key = $1', [`dispatch:${id}`]))[0]?.run_at as
    | Date
    | undefined;

/** A call that came so far, and whose process is gone. */
const live = async (to: 'dialing' | 'ringing' | 'in_progress', more: Partial<NewCall> = {}) => {
  const id = await insert(more);
  await dispatch(id);
  await calls.takeLease({ callId: id, owner: 'dead', seconds: -1 });
  const path = { dialing: 1, ringing: 2, in_progress: 3 }[to];
  for (const next of (['dialing', 'ringing', 'in_progress'] as const).slice(0, path))
    await calls.transition({ callId: id, to: next, event: { type: 'call.state' } });
  return id;
};

describe('the sweeper', () => {
  test('gives a call that waits without a job a new one', async () => {
    const id = await insert();
    await query('DELETE FROM graphile_worker._private_jobs');
    await age(id, 6);
    await sweep();
    expect(await jobAt(id)).toBeDefined();
  });

  test('frees the jobs of a process that died', async () => {
    const id = await insert();
    await query(
      "UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '20 seconds', locked_by = 'dead' WHERE key = $1",
      [`dispatch:${id}`],
    );
    await sweep();
    const [job] = await query('SELECT locked_by FROM graphile_worker.jobs WHERE key = $1', [`dispatch:${id}`]);
    expect(job).toEqual({ locked_by: null });
  });

  test('gives up a call that no worker took for ten minutes', async () => {
    const id = await insert();
    await dispatch(id);
    await age(id, 590);
    await sweep();
    expect(await state(id)).toBe('dispatching');
    await age(id, 601);
    await sweep();
    // It was helped a moment ago, so it is left alone for now.
    expect(await state(id)).toBe('dispatching');
    await createSweeper({
      calls,
      rooms: livekitRooms({ connection: livekit(), agentName: 'nobody' }),
      waitingPhones: async () => [],
      workers,
      tenantId,
      outages,
      admission: admissionStore(store.database),
      jobs,
      idempotency: idempotencyStore(store.database),
      onFailure: (failure) => failures.push(failure),
    })();
    expect(await ending(id)).toMatchObject({ outcome: 'failed', endReason: 'no_worker' });
  });

  test('never dials again: a phone that is gone leaves an unknown outcome, once it had time to come', async () => {
    const id = await live('dialing');
    await age(id, 5);
    await sweep();
    expect(await state(id)).toBe('dialing');
    await age(id, 11);
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    await sweep();
    expect(await ending(id)).toMatchObject({ outcome: 'unknown', endReason: 'dial_outcome_unknown' });
  });

  /** A call that was handed over so far before its process died, with these people in its room. */
  const handedOver = async (outcome: 'transferred' | 'failed', ...identities: string[]) => {
    const id = await live('in_progress');
    const event = { type: 'call.transferred' as const, data: { mode: 'warm', by: 'operator', outcome } };
    await calls.record(id, { events: [event] });
    const removed: string[] = [];
    const rooms = {
      ...livekitRooms({ connection: livekit(), agentName: 'nobody' }),
      participants: async () =>
        identities.map((identity) => {
          const kind = identity === 'agent' ? ('agent' as const) : ('sip' as const);
          return { identity, kind, attributes: {} };
        }),
      removeParticipant: async (_room: string, identity: string) => void removed.push(identity),
      deleteRoom: async () => void removed.push('everybody'),
    };
    return { id, removed, takeOver: () => takeOverCall({ store: calls, rooms, workers }, id) };
  };

  test('asks for a new session where a person is left, and removes nobody: that is for the one that has the lease', async () => {
    const { removed, takeOver } = await handedOver('failed', 'callee', 'consult', 'agent');
    expect(await takeOver()).toBe('resumed');
    expect(removed).toEqual([]);
  });

  test('waits longer for a new session where a worker is there or starting, but not without a limit', async () => {
    const { id, takeOver } = await handedOver('failed', 'callee');
    const untaken = (seconds: number) =>
      query('UPDATE parley.calls SET lease_until = now() - make_interval(secs => $2) WHERE id = $1', [id, seconds]);
    await workers.beat({ id: 'w', state: 'starting', embedded: false });
    await untaken(100);
    expect(await takeOver()).toBe('resumed');
    await workers.leave('w');
    expect(await takeOver()).toBe('ended');
    const another = await handedOver('failed', 'callee');
    await workers.beat({ id: 'w', state: 'ready', embedded: false });
    await query("UPDATE parley.calls SET lease_until = now() - interval '130 seconds' WHERE id = $1", [another.id]);
    expect(await another.takeOver()).toBe('ended');
    await workers.leave('w');
  });

  test.each([
    [{ lost: 'media' }, 'media_lost'],
    [{}, 'worker_lost'],
  ])('knows why an empty call was left (%o)', async (data, endReason) => {
    const { id, takeOver } = await handedOver('failed');
    await calls.record(id, { events: [{ type: 'call.state', data }] });
    expect(await takeOver()).toBe('ended');
    expect(await ending(id)).toMatchObject({ outcome: 'failed', endReason });
  });

  test('waits for LiveKit, and gives a call up that nobody can be in when it stays away', async () => {
    const id = await live('in_progress');
    const away = {
      ...livekitRooms({ connection: livekit(), agentName: 'nobody' }),
      participants: () => Promise.reject(new Error('LiveKit cannot be reached')),
      deleteRoom: () => Promise.reject(new Error('LiveKit cannot be reached')),
    };
    const takeOver = () => takeOverCall({ store: calls, rooms: away, workers }, id);
    const lapsed = (seconds: number) =>
      query('UPDATE parley.calls SET lease_until = now() - make_interval(secs => $2) WHERE id = $1', [id, seconds]);
    await lapsed(15);
    await expect(takeOver()).rejects.toThrow('LiveKit');
    await lapsed(25);
    expect(await takeOver()).toBe('ended');
    expect(await ending(id)).toMatchObject({ outcome: 'failed', endReason: 'media_lost' });
  });

  test('learns from the workers that are there whether one has the embedded models', async () => {
    expect(await workers.hasEmbedded()).toBeUndefined();
    await query("INSERT INTO parley.workers (id, state) VALUES ('of an older version', 'ready')");
    expect(await workers.hasEmbedded()).toBeUndefined();
    await workers.beat({ id: 'without', state: 'ready', embedded: false });
    expect(await workers.hasEmbedded()).toBe(false);
    await workers.beat({ id: 'with', state: 'starting', embedded: true });
    expect(await workers.hasEmbedded()).toBe(true);
    await workers.beat({ id: 'with', state: 'draining', embedded: true });
    expect(await workers.hasEmbedded()).toBe(false);
    for (const id of ['of an older version', 'without', 'with']) await workers.leave(id);
  });

  test('leaves a call alone that somebody holds', async () => {
    const { id, removed, takeOver } = await handedOver('failed');
    await query("UPDATE parley.calls SET lease_until = now() + interval '1 minute' WHERE id = $1", [id]);
    expect(await takeOver()).toBe('left_alone');
    expect(removed).toEqual([]);
    expect(await state(id)).toBe('in_progress');
  });

  test('judges nobody by a lease that ran out during an outage', async () => {
    const id = await live('in_progress');
    const careful = createSweeper({
      calls,
      rooms: livekitRooms({ connection: livekit(), agentName: 'nobody' }),
      waitingPhones: async () => [],
      workers,
      tenantId,
      outages: new OutageWatch({ steadySeconds: 10 }),
      admission: admissionStore(store.database),
      jobs,
      idempotency: idempotencyStore(store.database),
      onFailure: (failure) => failures.push(failure),
    });
    await careful();
    expect(await state(id)).toBe('in_progress');
  });

  test('lets two people talk whom the agent had connected, for hours, and looks at them again and again', async () => {
    const { id, removed, takeOver } = await handedOver('transferred', 'callee', 'consult');
    expect(await takeOver()).toBe('watched');
    expect(await state(id)).toBe('in_progress');
    const abandoned = () =>
      admissionStore(store.database).listAbandoned({ takeUpSeconds: 5, leaseSeconds: 0, limit: 9 });
    expect(await abandoned()).toEqual([]);
    await query("UPDATE parley.calls SET lease_until = now() - interval '1 second' WHERE id = $1", [id]);
    expect(await abandoned()).toMatchObject([{ id }]);
    await query("UPDATE parley.calls SET state_since = now() - interval '241 minutes' WHERE id = $1", [id]);
    expect(removed).toEqual([]);
    expect(await takeOver()).toBe('ended');
    expect(removed).toEqual(['everybody']);
  });

  test.each([
    ['callee', ['callee']],
    ['consulted person', ['consult']],
    ['call', []],
  ])('ends the %s that is left of a call that was handed over', async (_, left) => {
    const { id, removed, takeOver } = await handedOver('transferred', ...left);
    expect(await takeOver()).toBe('ended');
    expect(removed).toEqual(['everybody']);
    expect(await ending(id)).toMatchObject({
      outcome: 'completed',
      endReason: 'transferred',
      event: { hung_up_by: 'operator' },
    });
    expect(await takeOver()).toBe('left_alone');
  });

  test('ends a call whose process and person are gone', async () => {
    const id = await live('in_progress');
    await sweep();
    expect(await ending(id)).toMatchObject({ outcome: 'failed', endReason: 'worker_lost' });
    expect(failures).toEqual([]);
  });
});
