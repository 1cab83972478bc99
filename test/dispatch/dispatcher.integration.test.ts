import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AdmitDependencies, admitQueued } from '../../src/calls/admission/admit-queued.ts';
import { concludeCall } from '../../src/calls/end/conclude-call.ts';
import { dispatchDueCall } from '../../src/calls/place/dispatch-due-call.ts';
import { endCall } from '../../src/calls/end/end-call.ts';
import { weekdays } from '../../src/calls/admission/calling-window.ts';
import type { NewCall } from '../../src/calls/ports.ts';
import { takeOverCall } from '../../src/calls/end/take-over-call.ts';
import { createSweeper } from '../../src/calls/end/sweep-calls.ts';
import { livekitRooms } from '../../src/livekit/rooms.ts';
import { admissionStore } from '../../src/store/admission-store.ts';
import { callStore } from '../../src/store/call-store.ts';
import { doNotCallStore } from '../../src/store/do-not-call-store.ts';
import { idempotencyStore } from '../../src/store/idempotency-store.ts';
import { jobQueue } from '../../src/store/job-queue.ts';
import { trunkSettingsStore } from '../../src/store/trunk-settings-store.ts';
import { livekit } from '../setup/servers.ts';
import { aCall, openStore, otherTenantId, tenantId } from '../store/open-store.ts';
import { anAgent } from '../worker/an-agent.ts';

let store: Awaited<ReturnType<typeof openStore>>;
let deps: AdmitDependencies;
let calls: ReturnType<typeof callStore>;
let jobs: ReturnType<typeof jobQueue>;
let undispatched: string[];
let failures: unknown[];
let trunks: ReturnType<typeof trunkSettingsStore>;
let sweep: () => Promise<void>;

beforeAll(async () => {
  store = await openStore();
  const { database } = store;
  calls = callStore(database);
  jobs = jobQueue(database);
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
      trunkId: 'ST_x',
      fromNumber: '+14155550100',
    },
    onUndispatched: (callId) => undispatched.push(callId),
  };
  sweep = createSweeper({
    calls,
    rooms,
    waitingPhones: async () => [],
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
const states = (ids: string[]) => Promise.all(ids.map(state));
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

describe('letting calls in', () => {
  test('goes in order up to the limit, whichever job comes first; the others wait, each with a job', async () => {
    const ids = [await insert(), await insert(), await insert(), await insert()];
    await dispatch(ids[3]!);
    expect(await states(ids)).toEqual(['dispatching', 'dispatching', 'queued', 'queued']);
    expect(await jobAt(ids[2]!)).toBeDefined();
    expect((await jobAt(ids[3]!))!.getTime()).toBeGreaterThan(Date.now() + 1_000);
    await endCall({ store: calls }, { callId: ids[0]!, reason: 'busy', hungUpBy: 'callee' });
    await dispatch(ids[2]!);
    expect(await states(ids.slice(1))).toEqual(['dispatching', 'dispatching', 'queued']);
    expect(undispatched).toEqual([]);
  });

  test('one tenant that is full does not keep another one out', async () => {
    const mine = [await insert(), await insert(), await insert()];
    const theirs = await insert({ tenantId: otherTenantId });
    await dispatch(mine[0]!);
    await dispatch(theirs);
    expect(await state(mine[2]!)).toBe('queued');
    expect(await state(theirs)).toBe('dispatching');
  });

  test('a call that waits for its trunk is passed by one of another trunk', async () => {
    const settings = { tenantId, direction: 'outbound', fromNumber: '+14155550101', agent: null } as const;
    await trunks.save({ ...settings, trunkId: 'ST_y', allowedCountries: null, maxCalls: 0, callsPerSecond: null });
    const [slow, quick] = [await insert({ trunkId: 'ST_y' }), await insert()];
    await dispatch(slow);
    expect(await states([slow, quick])).toEqual(['queued', 'dispatching']);
    await trunks.remove(tenantId, 'ST_y');
  });

  test('asks the rules again: a number that was listed meanwhile is not dialled, and the end names the rule', async () => {
    const id = await insert();
    const { phoneNumber } = (await calls.findCall(id))!;
    await doNotCallStore(store.database).add({ tenantId, phoneNumber: phoneNumber!, reason: 'asked' });
    await dispatch(id);
    expect(await ending(id)).toMatchObject({
      outcome: 'blocked',
      endReason: 'blocked_by_rule',
      event: { rule: 'do_not_call' },
    });
  });

  test('a call whose time has passed is canceled; one whose window is closed waits for it', async () => {
    const late = await insert({ plan: { notAfter: new Date(Date.now() - 1000).toISOString() } });
    const tomorrow = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(new Date().getUTCDay() + 1) % 7];
    const window = { start: '09:00', end: '17:00', days: [tomorrow], timezone: 'UTC' };
    const early = await insert({ plan: { window } });
    await dispatch(late);
    expect(await ending(late)).toMatchObject({ outcome: 'canceled', endReason: 'not_after_passed' });
    expect(await state(early)).toBe('scheduled');
    expect((await jobAt(early))!.toISOString()).toMatch(/T09:00:00/);
  });

  test('a call whose agent is gone ends with that', async () => {
    const id = await insert({ agent: 'gone' });
    await dispatch(id);
    expect(await ending(id)).toMatchObject({ outcome: 'failed', endReason: 'agent_not_found' });
  });

  test('a scheduled call that is due goes through the line', async () => {
    const id = await insert({ state: 'scheduled', notBefore: new Date(Date.now() - 1000) });
    await dispatch(id);
    expect(await state(id)).toBe('dispatching');
    expect((await calls.listEvents(id)).map(({ type }) => type)).toEqual(['call.queued', 'call.queued', 'call.state']);
  });
});

/** A call that came so far, and whose process is gone. */
const live = async (to: 'dialing' | 'ringing' | 'in_progress', more: Partial<NewCall> = {}) => {
  const id = await insert(more);
  await dispatch(id);
  const path = { dialing: 1, ringing: 2, in_progress: 3 }[to];
  const lease = { owner: 'dead', seconds: -1 };
  for (const next of (['dialing', 'ringing', 'in_progress'] as const).slice(0, path))
    await calls.transition({
      callId: id,
      to: next,
      event: { type: 'call.state' },
      ...(next === 'dialing' && { lease }),
    });
  return id;
};

describe('a call that reached nobody', () => {
  test.each([
    ['waits for the hours of the operator', {}, 'scheduled'],
    ['ends when they come too late for it', { notAfter: new Date(Date.now() + 3_600_000).toISOString() }, 'ended'],
  ])('%s', async (_, more, becomes) => {
    const retry = { maxAttempts: 2, on: ['busy'], delaysSeconds: [10] };
    const id = await live('ringing', { plan: { retry, ...more } });
    const days = [weekdays[(new Date().getUTCDay() + 2) % 7]!];
    const callingWindow = { start: '09:00', end: '17:00', days, timezone: 'UTC' };
    await concludeCall({ store: calls, callingWindow }, { callId: id, reason: 'busy', hungUpBy: 'callee' });
    const call = (await calls.findForDispatch(id))!;
    expect(call).toMatchObject({ state: becomes, outcome: becomes === 'ended' ? 'busy' : null });
    if (becomes === 'scheduled') expect((await jobAt(id))!.toISOString()).toMatch(/T09:00:00/);
  });
});

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
    return { id, removed, takeOver: () => takeOverCall({ store: calls, rooms }, id) };
  };

  test('hangs up on who was being briefed, and takes the caller back', async () => {
    const { removed, takeOver } = await handedOver('failed', 'callee', 'consult', 'agent');
    expect(await takeOver()).toBe('resumed');
    expect(removed.sort()).toEqual(['agent', 'consult']);
  });

  test('lets two people talk whom the agent had connected, for hours, and looks at them again and again', async () => {
    const { id, removed, takeOver } = await handedOver('transferred', 'callee', 'consult');
    expect(await takeOver()).toBe('watched');
    expect(await state(id)).toBe('in_progress');
    const abandoned = () => admissionStore(store.database).listAbandoned({ takeUpSeconds: 5, limit: 9 });
    expect(await abandoned()).toEqual([]);
    await query("UPDATE parley.calls SET lease_until = now() - interval '1 second' WHERE id = $1", [id]);
    expect(await abandoned()).toMatchObject([{ id }]);
    await query("UPDATE parley.call_events SET at = at - interval '4 hours' WHERE call_id = $1", [id]);
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
