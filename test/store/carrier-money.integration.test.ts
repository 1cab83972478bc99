import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { carrierUsd } from '../../telephony/index.ts';
import type { AdmissionStore } from '../../src/calls/admission/dispatch-ports.ts';
import type { Call } from '../../src/calls/call.ts';
import { newId } from '../../src/calls/new-id.ts';
import type { CallStore } from '../../src/calls/ports.ts';
import { admissionStore } from '../../src/store/calls/admission-store.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { type Database, openDatabase } from '../../src/store/connection/database.ts';
import { doNotCallStore } from '../../src/store/people/do-not-call-store.ts';
import { tenantStore } from '../../src/store/tenants/tenant-store.ts';
import { aCall, aDial, openStore } from './open-store.ts';

type Replica = { calls: CallStore; admission: AdmissionStore };
let database: Database;
let second: Database;
let close: () => Promise<void>;
/** Two processes, as far as PostgreSQL can tell. */
let replicas: [Replica, Replica];
let calls: CallStore;
let admission: AdmissionStore;

beforeAll(async () => {
  const store = await openStore();
  ({ database } = store);
  second = openDatabase({ url: store.url, maxConnections: 20 });
  const replica = (db: Database) => ({ calls: callStore(db), admission: admissionStore(db) });
  replicas = [replica(database), replica(second)];
  [{ calls, admission }] = replicas;
  close = async () => {
    await second.close();
    await store.close();
  };
});
afterAll(() => close());

const event = { type: 'call.state' } as const;
const hundred = Array.from({ length: 100 }, (_, index) => index);
const newTenant = async () => {
  const id = newId('tenant');
  await tenantStore(database).ensureTenant({ id, name: 'new' });
  return id;
};
const accept = (tenantId: string, at = 0, attemptsPerNumberPerDay = 1_000) =>
  replicas[at % 2]!.calls.insertCall(aCall({ tenantId, trunkId: 'ST_1', counted: { attemptsPerNumberPerDay } }), {
    type: 'call.queued',
  });
const admit = (call: Call, { at = 0, spendPerDayUsd = 1_000, dial = {} } = {}) =>
  replicas[at % 2]!.admission.admit({
    dial: aDial(call, dial),
    maxTenantCalls: 1_000,
    maxTrunkCalls: 1_000,
    spendPerDayUsd,
    event,
  });
const permit = (call: Call, { at = 0, attemptsPerNumberPerDay = 1_000, spendPerDayUsd = 1_000 } = {}) =>
  replicas[at % 2]!.admission.permit({ dial: aDial(call), attemptsPerNumberPerDay, spendPerDayUsd });
/** Accepted, let in and dialled. */
const dialled = async (tenantId: string, dial = {}) => {
  const call = await accept(tenantId);
  await admit(call, { dial });
  await permit(call);
  await calls.transition({ callId: call.id, to: 'dialing', event });
  return call;
};
const end = (call: Call, seconds?: number) => {
  const endedAt = new Date();
  return calls.transition({
    callId: call.id,
    to: 'ended',
    patch: {
      endedAt,
      outcome: seconds === undefined ? 'busy' : 'completed',
      ...(seconds !== undefined && { answeredAt: new Date(endedAt.getTime() - seconds * 1000) }),
    },
    event: { type: 'call.ended' },
  });
};
const figuresOf = (tenantId: string, phoneNumber: string) =>
  admissionStore(database).figures({ tenantId, trunkId: 'ST_1', phoneNumber });

describe('attempts per number', () => {
  test('are exact when a hundred requests reach two replicas at once', async () => {
    const tenantId = await newTenant();
    const answers = await Promise.allSettled(hundred.map((at) => accept(tenantId, at, 8)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    for (const answer of answers)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ code: 'blocked', details: { rule: 'attempts_per_number' } });
  });

  test('are counted again at the dial, exactly', async () => {
    const tenantId = await newTenant();
    const waiting = await Promise.all(hundred.slice(0, 40).map((at) => accept(tenantId, at)));
    await Promise.all(waiting.map((call, at) => admit(call, { at })));
    const found = await Promise.all(waiting.map((call, at) => permit(call, { at, attemptsPerNumberPerDay: 8 })));
    expect(found.filter((each) => each === 'permitted')).toHaveLength(8);
    expect(found.filter((each) => each === 'attempts_per_number')).toHaveLength(32);
    const [again] = waiting.filter((_, index) => found[index] === 'permitted');
    expect(await permit(again!, { attemptsPerNumberPerDay: 8 })).toBe('permitted');
  });

  test('go on counting when the calls are erased', async () => {
    const tenantId = await newTenant();
    for (let count = 0; count < 3; count += 1) {
      const call = await dialled(tenantId);
      await end(call);
      await calls.eraseCall(call.id, tenantId);
    }
    const { phoneNumber } = aCall();
    expect(await figuresOf(tenantId, phoneNumber!)).toMatchObject({ attemptsToNumber: 3 });
    await expect(accept(tenantId, 0, 3)).rejects.toMatchObject({ code: 'blocked' });
    const { rows } = await database.pool.query('SELECT dials::text AS row FROM parley.dials WHERE tenant_id = $1', [
      tenantId,
    ]);
    expect(rows.map(({ row }) => row as string).join()).not.toContain(phoneNumber!.slice(1));
  });

  test('leave out what was canceled before it was dialled', async () => {
    const tenantId = await newTenant();
    const call = await accept(tenantId);
    await admit(call);
    await permit(call);
    await end(call);
    expect(await figuresOf(tenantId, call.phoneNumber!)).toMatchObject({ attemptsToNumber: 0, reservedUsd: '0' });
    expect(await calls.listCosts(call.id)).toEqual([]);
  });
});

test('a number is hashed with HMAC-SHA256 under the key of the installation', async () => {
  const { rows } = await database.pool.query<{ inner_pad: Buffer; hash: Buffer }>(
    `SELECT inner_pad, parley.number_hash('+14155550123') AS hash FROM parley.number_key`,
  );
  const [{ inner_pad: pad, hash }] = rows as [{ inner_pad: Buffer; hash: Buffer }];
  expect(pad).toHaveLength(64);
  const key = Buffer.from(pad.subarray(0, 32).map((byte) => byte ^ 0x36));
  expect(hash.toString('hex')).toBe(createHmac('sha256', key).update('+14155550123').digest('hex'));
});

describe('spend per day', () => {
  test('is held back for the longest call, exactly, when a hundred calls come to two replicas at once', async () => {
    const tenantId = await newTenant();
    const waiting = await Promise.all(hundred.map((at) => accept(tenantId, at)));
    const results = await Promise.all(waiting.map((call, at) => admit(call, { at, spendPerDayUsd: 1.5 })));
    expect(results.filter(({ is }) => is === 'admitted')).toHaveLength(10);
    expect(await figuresOf(tenantId, '+14155550199')).toMatchObject({ reservedUsd: '1.50' });
  });

  test('is asked again at the dial where nothing was held back', async () => {
    const tenantId = await newTenant();
    const [first, other] = [await accept(tenantId), await accept(tenantId)];
    expect(await permit(first, { spendPerDayUsd: 0.2 })).toBe('permitted');
    expect(await permit(other, { spendPerDayUsd: 0.2 })).toBe('spend_per_day');
  });

  test('is settled at the end: what is left of it is free, what was used is spent', async () => {
    const tenantId = await newTenant();
    const first = await dialled(tenantId);
    const next = await accept(tenantId);
    expect(await admit(next, { spendPerDayUsd: 0.2 })).toEqual({ is: 'full', of: 'tenant' });
    const ended = await end(first, 61);
    expect(ended?.costUsd).toBe('0.02');
    expect(await calls.listCosts(first.id)).toEqual([
      {
        component: 'telephony',
        provider: 'ST_1',
        model: 'Somewhere',
        quantity: 2,
        unit: 'minute',
        usd: '0.02',
        source: 'list',
      },
    ]);
    expect(await figuresOf(tenantId, first.phoneNumber!)).toMatchObject({ spentUsd: '0.02', reservedUsd: '0' });
    expect(await admit(next, { spendPerDayUsd: 0.2 })).toEqual({ is: 'admitted' });
  });

  test('costs nothing for a phone that nobody answered, and says so', async () => {
    const call = await dialled(await newTenant());
    expect((await end(call))?.costUsd).toBe('0');
    expect(await calls.listCosts(call.id)).toMatchObject([{ component: 'telephony', quantity: 0, usd: '0' }]);
  });

  test('has a line for every attempt, and the end of each is told once however often it is written', async () => {
    const call = await dialled(await newTenant());
    await calls.transition({ callId: call.id, to: 'in_progress', event: { type: 'call.answered' } });
    await calls.transition({
      callId: call.id,
      to: 'scheduled',
      patch: { attempt: 2 },
      event: { type: 'call.attempt_ended' },
      dispatchAt: new Date(),
    });
    await calls.transition({ callId: call.id, to: 'queued', event: { type: 'call.queued' } });
    const again = { ...call, attempt: 2 };
    await admit(again);
    await permit(again);
    await calls.transition({ callId: call.id, to: 'dialing', event });
    await end(call, 5);
    expect(await end(call, 500)).toBeNull();
    expect((await calls.listCosts(call.id)).map(({ usd }) => usd)).toEqual(['0.01', '0.01']);
    expect((await calls.findCall(call.id))?.costUsd).toBe('0.02');
  });

  test('counts the minutes of somebody who was called into the call', async () => {
    const call = await dialled(await newTenant());
    const leg = aDial(call, { leg: 'transfer_1', phoneNumber: '+14155550188', destination: 'Elsewhere' });
    await admission.permit({ dial: leg, attemptsPerNumberPerDay: 8, spendPerDayUsd: 1_000 });
    await admission.noteLeg(leg, 'answered');
    await admission.noteLeg(leg, 'over');
    await end(call, 30);
    expect(await calls.listCosts(call.id)).toMatchObject([
      { model: 'Somewhere', usd: '0.01' },
      { model: 'Elsewhere', usd: '0.01' },
    ]);
  });

  test('is priced in the database as in the program', async () => {
    const seconds = [0, 0.4, 1, 5.999, 6, 6.001, 59.5, 60, 61, 3_599, 14_460];
    for (const [usd_per_minute, usd_per_call, increment_seconds] of [
      ['0.014', '0', 60],
      ['0.0123456789', '0.05', 6],
      ['1', '0', 1],
    ] as const) {
      const { rows } = await database.pool.query<{ usd: string }>(
        'SELECT parley.carrier_usd($1, $2, $3, s)::text AS usd FROM unnest($4::numeric[]) WITH ORDINALITY AS t(s, place) ORDER BY place',
        [usd_per_minute, usd_per_call, increment_seconds, seconds],
      );
      const expected = seconds.map((each) => carrierUsd({ usd_per_minute, usd_per_call, increment_seconds }, each));
      expect(rows.map(({ usd }) => usd)).toEqual(expected);
    }
  });
});

describe('do not call', () => {
  test('is asked right before the phone is dialled, the operator’s list too', async () => {
    const list = doNotCallStore(database);
    const [own, theirs] = [await newTenant(), await newTenant()];
    const [call, other] = [await accept(own), await accept(theirs)];
    await Promise.all([admit(call), admit(other)]);
    const said = [{ phoneNumber: call.phoneNumber!, reason: 'asked' }];
    await list.add({ tenantId: own }, 'agent', said);
    expect([await permit(call), await permit(other)]).toEqual(['do_not_call', 'permitted']);
    expect(await list.remove({ tenantId: own }, call.phoneNumber!)).toBe(true);
    await list.add('operator', 'command', said);
    expect([await permit(call), await permit(other)]).toEqual(['do_not_call', 'do_not_call']);
    expect(await list.remove('operator', call.phoneNumber!)).toBe(true);
  });
});

describe('a browser call', () => {
  const web = (tenantId: string, at: number, maxTenantCalls: number) =>
    replicas[at % 2]!.calls.insertCall(
      aCall({ tenantId, direction: 'web', state: 'in_progress', phoneNumber: null, counted: { maxTenantCalls } }),
      event,
    );
  const aged = (tenantId: string) =>
    database.pool.query(`UPDATE parley.calls SET created_at = now() - interval '16 seconds' WHERE tenant_id = $1`, [
      tenantId,
    ]);

  test('has one of the places, exactly, when a hundred come at once', async () => {
    const tenantId = await newTenant();
    const answers = await Promise.allSettled(hundred.map((at) => web(tenantId, at, 5)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'capacity_full' });
  });

  test('that nobody joins gives its place back, and asks again when somebody comes late', async () => {
    const tenantId = await newTenant();
    const [first, late] = [await web(tenantId, 0, 2), await web(tenantId, 0, 2)];
    expect(await admission.joinWebCall(first.id, 2)).toBe(true);
    await aged(tenantId);
    expect(await figuresOf(tenantId, '')).toMatchObject({ tenantCalls: 1 });
    const phone = await accept(tenantId);
    await admit(phone);
    expect(await admission.joinWebCall(late.id, 2)).toBe(false);
    expect(await admission.joinWebCall(first.id, 2)).toBe(true);
    expect((await calls.findCall(first.id))?.answeredAt).toBeInstanceOf(Date);
  });
});
