import { readRates } from '../../telephony/index.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AdmitDependencies, admitQueued } from '../../src/calls/admission/admit-queued.ts';
import { concludeCall } from '../../src/calls/end/conclude-call.ts';
import { dispatchDueCall } from '../../src/calls/place/dispatch-due-call.ts';
import { endCall } from '../../src/calls/end/end-call.ts';
import { weekdays } from '../../src/calls/admission/calling-window.ts';
import type { NewCall } from '../../src/calls/ports.ts';
import { livekitRooms } from '../../src/livekit/rooms.ts';
import { admissionStore } from '../../src/store/calls/admission-store.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { doNotCallStore } from '../../src/store/people/do-not-call-store.ts';
import { jobQueue } from '../../src/store/connection/job-queue.ts';
import { trunkSettingsStore } from '../../src/store/tenants/trunk-settings-store.ts';
import { livekit } from '../setup/servers.ts';
import { aCall, openStore, otherTenantId, tenantId } from '../store/open-store.ts';
import { anAgent } from '../worker/an-agent.ts';

let store: Awaited<ReturnType<typeof openStore>>;
let deps: AdmitDependencies;
let calls: ReturnType<typeof callStore>;
let jobs: ReturnType<typeof jobQueue>;
let undispatched: string[];
let trunks: ReturnType<typeof trunkSettingsStore>;

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
      maxMinutes: 240,
      rates: readRates(),
      trunkId: 'ST_x',
      fromNumber: '+14155550100',
    },
    giveWay: async () => undefined,
    onUndispatched: (callId) => undispatched.push(callId),
  };
});
afterAll(() => store?.close());
beforeEach(async () => {
  undispatched = [];
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
    await doNotCallStore(store.database).add({ tenantId }, 'api', [{ phoneNumber: phoneNumber!, reason: 'asked' }]);
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
  await calls.takeLease({ callId: id, owner: 'dead', seconds: -1 });
  const path = { dialing: 1, ringing: 2, in_progress: 3 }[to];
  for (const next of (['dialing', 'ringing', 'in_progress'] as const).slice(0, path))
    await calls.transition({ callId: id, to: next, event: { type: 'call.state' } });
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
