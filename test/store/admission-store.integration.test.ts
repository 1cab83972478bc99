import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Call } from '../../src/calls/call.ts';
import type { AdmissionStore } from '../../src/calls/admission/dispatch-ports.ts';
import { newId } from '../../src/calls/new-id.ts';
import type { CallStore } from '../../src/calls/ports.ts';
import { admissionStore } from '../../src/store/calls/admission-store.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { doNotCallStore } from '../../src/store/people/do-not-call-store.ts';
import { jobQueue } from '../../src/store/connection/job-queue.ts';
import { tenantStore } from '../../src/store/tenants/tenant-store.ts';
import { aCall, aDial, openStore } from './open-store.ts';

let database: Database;
let close: () => Promise<void>;
let calls: CallStore;
let admission: AdmissionStore;

beforeAll(async () => {
  ({ database, close } = await openStore());
  calls = callStore(database);
  admission = admissionStore(database);
});
afterAll(() => close());

const event = { type: 'call.state' } as const;
const newTenant = async () => {
  const id = newId('tenant');
  await tenantStore(database).ensureTenant({ id, name: 'new' });
  return id;
};
const queued = (tenantId: string, trunkId = 'ST_1') =>
  calls.insertCall(aCall({ tenantId, trunkId }), { type: 'call.queued' });
const admit = (call: Call, limits = {}) =>
  admission.admit({
    dial: aDial(call),
    maxTenantCalls: 100,
    maxTrunkCalls: 100,
    spendPerDayUsd: 1_000,
    event,
    ...limits,
  });
const ids = (found: { id: string }[]) => found.map(({ id }) => id);

describe('admission', () => {
  test('never lets more calls of a tenant in than it may have at once', async () => {
    const tenantId = await newTenant();
    const waiting = await Promise.all(Array.from({ length: 12 }, () => queued(tenantId)));
    const results = await Promise.all(waiting.map((call) => admit(call, { maxTenantCalls: 5 })));
    expect(results.filter(({ is }) => is === 'admitted')).toHaveLength(5);
    expect(results.filter(({ is }) => is === 'full')).toHaveLength(7);
  });

  test('counts a trunk over all of its tenants', async () => {
    const trunkId = newId('ST');
    const waiting = await Promise.all([newTenant(), newTenant()]).then((tenants) =>
      Promise.all(tenants.flatMap((tenantId) => [queued(tenantId, trunkId), queued(tenantId, trunkId)])),
    );
    const results = await Promise.all(waiting.map((call) => admit(call, { maxTrunkCalls: 3 })));
    expect(results.filter(({ is }) => is === 'admitted')).toHaveLength(3);
    expect(results.find(({ is }) => is === 'full')).toEqual({ is: 'full', of: 'trunk' });
  });

  test('of a call that is no longer queued admits nothing', async () => {
    const call = await queued(await newTenant());
    expect(await admit(call)).toEqual({ is: 'admitted' });
    expect((await calls.findCall(call.id))?.state).toBe('dispatching');
    expect(await admit(call)).toEqual({ is: 'gone' });
    expect(await calls.listEvents(call.id)).toHaveLength(2);
  });

  test('a place is free again once the call has ended', async () => {
    const tenantId = await newTenant();
    const [first, second] = [await queued(tenantId), await queued(tenantId)];
    await admit(first, { maxTenantCalls: 1 });
    expect(await admit(second, { maxTenantCalls: 1 })).toEqual({ is: 'full', of: 'tenant' });
    await calls.transition({ callId: first.id, to: 'ended', event: { type: 'call.ended' } });
    expect(await admit(second, { maxTenantCalls: 1 })).toMatchObject({ is: 'admitted' });
  });
});

test('figures tell places, attempts, spend and the do-not-call list', async () => {
  const tenantId = await newTenant();
  const call = await queued(tenantId, newId('ST'));
  const which = { tenantId, trunkId: call.trunkId ?? '', phoneNumber: call.phoneNumber ?? '' };
  const none = {
    tenantCalls: 0,
    trunkCalls: 0,
    trunkPreparing: 0,
    tenantQueued: 1,
    // The one that is about to be dialled.
    attemptsToNumber: 1,
    spentUsd: '0',
    reservedUsd: '0',
    doNotCall: false,
  };
  expect(await admission.figures(which)).toEqual(none);
  expect(await admission.figures({ ...which, callId: call.id })).toMatchObject({ attemptsToNumber: 0 });
  await admit(call);
  expect(await admission.figures(which)).toMatchObject({ tenantCalls: 1, trunkPreparing: 1, tenantQueued: 0 });
  expect(await admission.permit({ dial: aDial(call), attemptsPerNumberPerDay: 1, spendPerDayUsd: 50 })).toBe(
    'permitted',
  );
  await calls.transition({ callId: call.id, to: 'dialing', event });
  const cost = { component: 'llm', provider: 'p', model: 'm', quantity: 1, unit: 'token', source: 'list' } as const;
  await calls.record(call.id, {
    costs: [
      { ...cost, usd: '0.25' },
      { ...cost, usd: '0.05' },
    ],
  });
  await doNotCallStore(database).add({ tenantId }, 'api', [{ phoneNumber: which.phoneNumber, reason: 'asked' }]);
  // What a store knows of the money spent is a second old; a new one asks.
  expect(await admissionStore(database).figures(which)).toEqual({
    tenantCalls: 1,
    trunkCalls: 1,
    trunkPreparing: 0,
    tenantQueued: 0,
    attemptsToNumber: 1,
    spentUsd: '0.30',
    reservedUsd: '0.15',
    doNotCall: true,
  });
});

test('the queue of a tenant goes in the order of arrival, without those whose time has not come', async () => {
  const tenantId = await newTenant();
  const waiting = [await queued(tenantId), await queued(tenantId), await queued(tenantId)];
  const later = await calls.insertCall(aCall({ tenantId, notBefore: new Date(Date.now() + 60_000) }), {
    type: 'call.queued',
  });
  expect(ids(await admission.listQueued(tenantId, 2))).toEqual(ids(waiting.slice(0, 2)));
  expect(ids(await admission.listQueued(tenantId, 10))).not.toContain(later.id);
  expect(await Promise.all(waiting.map(({ id }) => admission.queuePosition(id)))).toEqual([0, 1, 2]);
  await admit(waiting[0]!);
  expect(await admission.queuePosition(waiting[0]!.id)).toBeNull();
  expect(await admission.queuePosition(waiting[2]!.id)).toBe(1);
});

test('places on a trunk lie evenly apart, however many ask at once', async () => {
  const trunkId = newId('ST');
  const places = Array.from({ length: 10 }, async () => {
    const askedMs = performance.now();
    return askedMs / 1000 + (await admission.reserveDial(trunkId, 4));
  });
  const times = (await Promise.all(places)).sort((a, b) => a - b);
  // Each counts from when its own statement was carried out, which is a little later than it was asked for.
  for (const [index, time] of times.slice(1).entries()) expect(time - times[index]!).toBeGreaterThan(0.15);
  expect(times.at(-1)! - times[0]!).toBeLessThan(2.3);
});

describe('the sweeper finds', () => {
  const abandoned = async (takeUpSeconds: number) =>
    ids(await admission.listAbandoned({ takeUpSeconds, leaseSeconds: 0, limit: 100 }));

  test('a dispatched call that no worker took, but not one that a worker has', async () => {
    const [left, taken] = [await queued(await newTenant()), await queued(await newTenant())];
    await Promise.all([admit(left), admit(taken)]);
    await calls.takeLease({ callId: taken.id, owner: 'process-1', seconds: 30 });
    await sleep(10);
    expect(await abandoned(60)).not.toContain(left.id);
    const found = await abandoned(0);
    expect(found).toContain(left.id);
    expect(found).not.toContain(taken.id);
  });

  test('a live call whose lease ran out at once, whatever the time to take a job up', async () => {
    const call = await queued(await newTenant());
    await admit(call);
    const { epoch } = (await calls.takeLease({ callId: call.id, owner: 'session-1', seconds: 0 }))!;
    await calls.transition({ callId: call.id, to: 'dialing', epoch, event });
    await sleep(10);
    expect(await abandoned(60)).toContain(call.id);
  });

  test('a waiting call whose job is gone, but none whose job still waits', async () => {
    const [kept, lost] = [await queued(await newTenant()), await queued(await newTenant())];
    await database.pool.query('SELECT graphile_worker.remove_job($1)', [`dispatch:${lost.id}`]);
    await sleep(10);
    const found = await abandoned(0);
    expect(found).toContain(lost.id);
    expect(found).not.toContain(kept.id);
  });
});

test('a job under a key replaces the one that waits under it', async () => {
  const jobs = jobQueue(database);
  const runAt = new Date(Date.now() + 60_000);
  await jobs.enqueue({ task: 'sweep', payload: { n: 1 }, key: 'k' });
  await jobs.enqueue({ task: 'sweep', payload: { n: 2 }, key: 'k', runAt });
  const { rows } = await database.pool.query(
    `SELECT task_identifier, run_at FROM graphile_worker.jobs WHERE key = 'k'`,
  );
  expect(rows).toEqual([{ task_identifier: 'sweep', run_at: runAt }]);
});
