import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Client } from 'pg';
import { admissionStore } from '../../src/store/calls/admission-store.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { idempotencyStore } from '../../src/store/calls/idempotency-store.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { aCall, aDial, openStore } from './open-store.ts';

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await openStore());
});
afterAll(() => close());

/** How many statements the work sends. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const sent = vi.spyOn(Client.prototype, 'query');
  try {
    await work();
    return sent.mock.calls.length;
  } finally {
    sent.mockRestore();
  }
}

test('a whole outbound call of ten turns takes no more statements than its budget', async () => {
  const calls = callStore(database);
  const call = aCall({ trunkId: 'ST_1', counted: { attemptsPerNumberPerDay: 8 } });
  const dial = aDial({
    id: call.id,
    tenantId: call.tenantId,
    phoneNumber: '+15551230000',
    trunkId: 'ST_1',
    attempt: 1,
  });
  const owner = 'process-1';
  const key = { id: 'key_1:order', requestHash: 'h', response: { status: 202, body: {} } };
  const admission = admissionStore(database);
  const figures = () => admission.figures({ tenantId: call.tenantId, trunkId: 'ST_1', phoneNumber: '+15551230000' });
  const steps: Record<string, () => Promise<unknown>> = {
    find: () => idempotencyStore(database).find(key.id),
    insert: () => calls.insertCallOnce(call, { type: 'call.queued' }, key),
    'first figures': () => figures(),
    'later figures': () => figures(),
    admit: () =>
      admission.admit({
        dial,
        maxTenantCalls: 9,
        maxTrunkCalls: 9,
        spendPerDayUsd: 50,
        event: { type: 'call.state' },
      }),
    lease: () => calls.takeLease({ callId: call.id, owner, seconds: 10 }),
    permit: () => admission.permit({ dial, attemptsPerNumberPerDay: 8, spendPerDayUsd: 50 }),
    dial: () =>
      calls.transition({
        callId: call.id,
        to: 'dialing',
        epoch: 1,
        event: { type: 'call.dialing' },
      }),
    ring: () => calls.transition({ callId: call.id, to: 'ringing', event: { type: 'call.ringing' } }),
    answer: () => calls.transition({ callId: call.id, to: 'in_progress', event: { type: 'call.answered' } }),
    record: () => calls.record(call.id, { events: [{ type: 'turn.agent' }, { type: 'turn.latency' }] }),
    end: () =>
      calls.transition({
        callId: call.id,
        to: 'ended',
        patch: { outcome: 'completed' },
        event: { type: 'call.ended' },
      }),
  };
  const counted: Record<string, number> = {};
  for (const [name, step] of Object.entries(steps)) counted[name] = await statementsOf(step);
  expect(counted).toEqual({
    find: 1,
    insert: 1,
    // What the tenant spent is asked for once a second.
    'first figures': 2,
    'later figures': 1,
    admit: 1,
    lease: 1,
    permit: 1,
    dial: 1,
    ring: 1,
    answer: 1,
    record: 1,
    end: 1,
  });
  const renewal = await statementsOf(() =>
    calls.renewLeases(
      Array.from({ length: 12 }, () => ({ callId: call.id, epoch: 1 })),
      15,
    ),
  );
  expect(renewal).toBe(1);
});
