import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { Database } from '../../src/store/connection/database.ts';
import type { CallStore, SeenLease } from '../../src/calls/ports.ts';
import { newId } from '../../src/calls/new-id.ts';
import { aCall, otherTenantId, openStore } from './open-store.ts';

let database: Database;
let close: () => Promise<void>;
let store: CallStore;

beforeAll(async () => {
  ({ database, close } = await openStore());
  store = callStore(database);
});
afterAll(() => close());

const query = async (text: string, values: unknown[]) => (await database.pool.query(text, values)).rows;
const aCost = {
  component: 'llm',
  provider: 'openrouter-llm',
  model: 'm',
  quantity: 3,
  unit: 'token',
  usd: '0.1',
  source: 'provider',
} as const;

describe('a lease', () => {
  const dispatched = async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    await store.transition({ callId: id, to: 'dispatching', event: { type: 'call.state' } });
    return id;
  };

  test('is held by one owner until it runs out, and each owner has an epoch of its own', async () => {
    const id = await dispatched();
    const take = (owner: string, seconds = 30) => store.takeLease({ callId: id, owner, seconds });
    const taken = await Promise.all(Array.from({ length: 10 }, (_, owner) => take(`session-${owner}`)));
    const [first, ...others] = taken.filter((one) => one !== null);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ call: { id, state: 'dispatching' }, epoch: 1 });
    expect(await store.renewLeases([{ callId: id, epoch: 1 }], 0)).toEqual([id]);
    expect(await take('successor')).toMatchObject({ epoch: 2 });
    expect(await store.renewLeases([{ callId: id, epoch: 1 }], 30)).toEqual([]);
    const lease = { callId: id, epoch: 2 };
    expect(await store.renewLeases([lease, { callId: newId('call'), epoch: 2 }], 30)).toEqual([id]);
  });

  test('that ran out goes on for its owner while nobody else has taken the call', async () => {
    const id = await dispatched();
    const lease = { callId: id, epoch: (await store.takeLease({ callId: id, owner: 'session-1', seconds: 0 }))!.epoch };
    expect(await store.findForDispatch(id)).toMatchObject({ lease: 'lapsed' });
    expect(await store.renewLeases([lease], 30)).toEqual([id]);
    expect(await store.findForDispatch(id)).toMatchObject({ lease: 'held' });
    expect(await store.takeLease({ callId: id, owner: 'session-2', seconds: 30 })).toBeNull();
  });

  test('goes with the process whose sessions had it, and with no other', async () => {
    const [mine, other] = [await dispatched(), await dispatched()];
    await store.takeLease({ callId: mine, owner: '12-ab/AJ_1', seconds: 30 });
    await store.takeLease({ callId: other, owner: '12-abc/AJ_2', seconds: 30 });
    await store.releaseProcess('12-ab');
    expect(await store.findForDispatch(mine)).toMatchObject({ lease: 'lapsed' });
    expect(await store.findForDispatch(other)).toMatchObject({ lease: 'held' });
  });

  test('is counted also where a program that knows no epochs takes the call', async () => {
    const id = await dispatched();
    const { epoch } = (await store.takeLease({ callId: id, owner: 'session-1', seconds: 0 }))!;
    await query(
      "UPDATE parley.calls SET lease_owner = 'old-process', lease_until = now() + interval '15 seconds' WHERE id = $1",
      [id],
    );
    expect(await store.renewLeases([{ callId: id, epoch }], 30)).toEqual([]);
    expect(await store.transition({ callId: id, to: 'ended', epoch, event: { type: 'call.ended' } })).toBeNull();
  });

  test('of an earlier epoch changes no state and writes no end', async () => {
    const id = await dispatched();
    const { epoch } = (await store.takeLease({ callId: id, owner: 'session-1', seconds: 0 }))!;
    const second = (await store.takeLease({ callId: id, owner: 'session-2', seconds: 30 }))!;
    const event = { type: 'call.dialing' } as const;
    expect(await store.transition({ callId: id, to: 'dialing', epoch, event })).toBeNull();
    expect(await store.transition({ callId: id, to: 'ended', epoch, event: { type: 'call.ended' } })).toBeNull();
    expect((await store.transition({ callId: id, to: 'dialing', epoch: second.epoch, event }))?.state).toBe('dialing');
  });

  test('keeps the end from everybody who only writes it for calls that nobody holds', async () => {
    const id = await dispatched();
    const { epoch } = (await store.takeLease({ callId: id, owner: 'session-1', seconds: 30 }))!;
    const seen = async () => (await store.findForDispatch(id))!;
    const end = (unheldSince: SeenLease) =>
      store.transition({ callId: id, to: 'ended', unheldSince, event: { type: 'call.ended' } });
    expect(await end(await seen())).toBeNull();
    const lease = { callId: id, epoch };
    await store.renewLeases([lease], 0);
    const before = await seen();
    // The owner wakes, does something, and is away again.
    await store.renewLeases([lease], 0.01);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await end(before)).toBeNull();
    expect((await end(await seen()))?.state).toBe('ended');
  });

  test('that was lost leaves words and costs with an ended call, and no event after its last', async () => {
    const id = await dispatched();
    const { epoch } = (await store.takeLease({ callId: id, owner: 'session-1', seconds: 0 }))!;
    await store.transition({ callId: id, to: 'ended', event: { type: 'call.ended' } });
    const turn = { index: 0, role: 'caller', text: 'Hello?', startedMs: 0, endedMs: 1, interrupted: false } as const;
    await store.record(id, { events: [{ type: 'turn.caller' }], turns: [turn], costs: [aCost] }, { epoch });
    expect((await store.listEvents(id)).at(-1)).toMatchObject({ type: 'call.ended' });
    expect(await store.listTurns(id)).toMatchObject([{ text: 'Hello?' }]);
    expect(await store.listCosts(id)).toHaveLength(1);
  });

  test.each([
    ['as it was', 0, 60],
    ['hours ahead', 6 * 3600, 60],
    ['hours behind', -6 * 3600, 60],
  ])('tells how long a call has lasted, its answer noted by a clock %s', async (_name, aheadSeconds, lasted) => {
    const id = await dispatched();
    await query(
      `UPDATE parley.calls SET state = 'in_progress', state_since = now() - interval '60 s',
        answered_at = now() - interval '60 s' + make_interval(secs => $2) WHERE id = $1`,
      [id, aheadSeconds],
    );
    const { talkedSeconds } = (await store.takeLease({ callId: id, owner: 'session-1', seconds: 30 }))!;
    expect(Math.abs(talkedSeconds - lasted)).toBeLessThan(5);
  });

  test('is not given for a call that waits, or of another tenant', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    const lease = { owner: 'process-1', seconds: 30 };
    expect(await store.takeLease({ callId: id, ...lease })).toBeNull();
    expect(await store.takeLease({ callId: await dispatched(), tenantId: otherTenantId, ...lease })).toBeNull();
  });
});
