import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { Database } from '../../src/store/connection/database.ts';
import type { CallStore } from '../../src/calls/ports.ts';
import { newId } from '../../src/calls/new-id.ts';
import { aCall, openStore } from './open-store.ts';

let database: Database;
let close: () => Promise<void>;
let store: CallStore;

beforeAll(async () => {
  ({ database, close } = await openStore());
  store = callStore(database);
});
afterAll(() => close());

const jobsOf = async (callId: string) =>
  (
    await database.pool.query('SELECT task_identifier, run_at FROM graphile_worker.jobs WHERE key = $1', [
      `dispatch:${callId}`,
    ])
  ).rows as { task_identifier: string; run_at: Date }[];

describe('inserting a call', () => {
  test('writes the row, its first event and its dispatch job', async () => {
    const call = await store.insertCall(aCall({ metadata: { deal: 7 }, variables: { name: 'Ada' } }), {
      type: 'call.queued',
      data: { position: 0 },
    });
    expect(call).toMatchObject({
      state: 'queued',
      attempt: 1,
      costUsd: '0',
      metadata: { deal: 7 },
      variables: { name: 'Ada' },
    });
    expect(call.createdAt).toBeInstanceOf(Date);
    expect(await store.findCall(call.id)).toEqual(call);
    expect(await store.listEvents(call.id)).toMatchObject([
      { sequence: 1, type: 'call.queued', data: { position: 0 } },
    ]);
    expect(await jobsOf(call.id)).toMatchObject([{ task_identifier: 'dispatch-call' }]);
  });

  test('gives a scheduled call a job that starts when it may be dialled', async () => {
    const notBefore = new Date(Date.now() + 3_600_000);
    const call = await store.insertCall(aCall({ state: 'scheduled', notBefore }), { type: 'call.state' });
    expect(await jobsOf(call.id)).toMatchObject([{ run_at: notBefore }]);
    expect(await store.findForDispatch(call.id)).toMatchObject({ notBefore, plan: {}, leaseOwner: null });
  });

  test('gives a browser call no dispatch job', async () => {
    const call = await store.insertCall(aCall({ direction: 'web', state: 'in_progress', phoneNumber: null }), {
      type: 'call.answered',
    });
    expect(await jobsOf(call.id)).toEqual([]);
  });

  test('given twice changes nothing the second time', async () => {
    const call = aCall();
    await store.insertCall(call, { type: 'call.queued' });
    const again = await store.insertCall({ ...call, agent: 'other' }, { type: 'call.queued' });
    expect(again.agent).toBe('receptionist');
    expect(await store.listEvents(call.id)).toHaveLength(1);
  });

  test('of a tenant that does not exist is refused', async () => {
    await expect(store.insertCall(aCall({ tenantId: 'nobody' }), { type: 'call.queued' })).rejects.toThrow();
  });
});

describe('a transition', () => {
  test('is won by exactly one of twenty at once', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, racer) =>
        store.transition({ callId: id, to: 'dispatching', event: { type: 'call.state', data: { racer } } }),
      ),
    );
    expect(results.filter((call) => call !== null)).toHaveLength(1);
    expect(await store.listEvents(id)).toHaveLength(2);
  });

  test('that the table does not allow changes nothing', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    expect(await store.transition({ callId: id, to: 'in_progress', event: { type: 'call.answered' } })).toBeNull();
    expect((await store.findCall(id))?.state).toBe('queued');
    expect(await store.listEvents(id)).toHaveLength(1);
  });

  test('can be narrowed to single states, but never widened beyond the table', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    const event = { type: 'call.state' } as const;
    expect(await store.transition({ callId: id, to: 'ended', from: ['ringing'], event })).toBeNull();
    expect(await store.transition({ callId: id, to: 'ringing', from: ['queued'], event })).toBeNull();
    expect((await store.transition({ callId: id, to: 'ended', from: ['queued'], event }))?.state).toBe('ended');
  });

  test('walks a call to its end, keeping its attempt and its times', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    await store.transition({ callId: id, to: 'dispatching', event: { type: 'call.state' } });
    const { epoch } = (await store.takeLease({ callId: id, owner: 'session-1', seconds: 15 }))!;
    await store.transition({ callId: id, to: 'dialing', epoch, event: { type: 'call.dialing' } });
    await store.transition({ callId: id, to: 'ringing', event: { type: 'call.ringing' } });
    await store.transition({ callId: id, to: 'in_progress', event: { type: 'call.answered' } });
    const ended = await store.transition({
      callId: id,
      to: 'ended',
      patch: { outcome: 'completed', endReason: 'caller_hung_up', hungUpBy: 'callee', report: { turns: 2 } },
      event: { type: 'call.ended' },
    });
    expect(ended).toMatchObject({
      outcome: 'completed',
      endReason: 'caller_hung_up',
      hungUpBy: 'callee',
      report: { turns: 2 },
    });
    for (const at of [ended?.dialedAt, ended?.answeredAt, ended?.endedAt]) expect(at).toBeInstanceOf(Date);
    expect(await store.listAttempts(id)).toMatchObject([
      { attempt: 1, outcome: 'completed', answeredAt: ended?.answeredAt },
    ]);
    expect(await store.findForDispatch(id)).toMatchObject({ leaseOwner: null, lease: 'free' });
    expect(await store.transition({ callId: id, to: 'ended', event: { type: 'call.ended' } })).toBeNull();
  });

  test('to a further attempt closes the one before and makes a job for the next', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    const dispatchAt = new Date(Date.now() + 60_000);
    await store.transition({ callId: id, to: 'dispatching', event: { type: 'call.state' } });
    await store.transition({ callId: id, to: 'dialing', event: { type: 'call.dialing' } });
    const waiting = await store.transition({
      callId: id,
      to: 'scheduled',
      patch: { attempt: 2 },
      attemptEnded: { outcome: 'busy', endReason: 'busy', sipStatus: 486 },
      dispatchAt,
      event: { type: 'call.attempt_ended' },
    });
    expect(waiting).toMatchObject({ state: 'scheduled', attempt: 2, outcome: null, dialedAt: null });
    expect(await store.listAttempts(id)).toMatchObject([{ attempt: 1, outcome: 'busy', sipStatus: 486 }]);
    expect(await jobsOf(id)).toMatchObject([{ run_at: dispatchAt }]);
  });

  test('of a call that does not exist answers null', async () => {
    expect(await store.transition({ callId: newId('call'), to: 'ended', event: { type: 'call.ended' } })).toBeNull();
  });
});

describe('recording', () => {
  test('numbers events without gaps when many write at once', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    await Promise.all([
      ...Array.from({ length: 15 }, (_, writer) =>
        store.record(id, { events: [0, 1, 2].map((part) => ({ type: 'turn.caller', data: { writer, part } })) }),
      ),
      store.transition({ callId: id, to: 'dispatching', event: { type: 'call.state' } }),
    ]);
    const events = await store.listEvents(id);
    expect(events.map((event) => event.sequence)).toEqual(Array.from({ length: 47 }, (_, index) => index + 1));
    const parts = events.filter((event) => event.data['writer'] === 3).map((event) => event.data['part']);
    expect(parts).toEqual([0, 1, 2]);
  });

  test('keeps turns with their latencies, replacing a turn given again', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    const heard = { index: 0, role: 'caller', text: 'Hallo', startedMs: 10, endedMs: 900, interrupted: false } as const;
    const said = {
      index: 1,
      role: 'agent',
      text: 'Good morning',
      startedMs: 1200,
      endedMs: 2000,
      interrupted: false,
    } as const;
    await store.record(id, { turns: [heard, { ...said, latency: { sttMs: 0, totalMs: 210.6 } }] });
    await store.record(id, {
      turns: [{ ...said, text: 'Good mor', endedMs: 1500, interrupted: true, latency: { sttMs: 0, totalMs: 211 } }],
    });
    expect(await store.listTurns(id)).toEqual([
      heard,
      { ...said, text: 'Good mor', endedMs: 1500, interrupted: true, latency: { sttMs: 0, totalMs: 211 } },
    ]);
  });

  test('learns later what came after a turn', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    const turn = { index: 0, role: 'caller' as const, text: 'Hello?', startedMs: 0, endedMs: 900, interrupted: false };
    const ending = { endedBy: 'silence' as const, silenceMs: 1500.4, expected: 'open' as const, noiseFloorDbfs: -100 };
    await store.record(id, { turns: [{ ...turn, ending }] });
    expect(await store.listTurns(id)).toEqual([{ ...turn, ending: { ...ending, silenceMs: 1500 } }]);
    const known = { ...ending, silenceMs: 1500, probability: 0.25, cutOff: true, talkedOnMs: 310 };
    await store.record(id, { turns: [{ ...turn, ending: known }] });
    expect(await store.listTurns(id)).toEqual([{ ...turn, ending: known }]);
  });

  test('keeps what a model said although it holds characters that the database refuses', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    const text = 'a\0b \uD83D c 😀 \\u0000';
    await store.record(id, {
      events: [{ type: 'turn.agent', data: { text } }],
      turns: [{ index: 0, role: 'agent', text, startedMs: 0, endedMs: 1, interrupted: false }],
    });
    await store.transition({ callId: id, to: 'ended', patch: { report: { text } }, event: { type: 'call.ended' } });
    const kept = 'a\uFFFDb \uFFFD c 😀 \\u0000';
    expect(await store.listTurns(id)).toMatchObject([{ text: kept }]);
    expect((await store.listEvents(id))[1]?.data).toEqual({ text: kept });
    expect((await store.findCall(id))?.report).toEqual({ text: kept });
  });

  test('adds up costs exactly', async () => {
    const { id } = await store.insertCall(aCall(), { type: 'call.queued' });
    const cost = {
      component: 'llm',
      provider: 'openrouter-llm',
      model: 'm',
      quantity: 3,
      unit: 'token',
      source: 'provider',
    } as const;
    await store.record(id, {
      costs: [
        { ...cost, usd: '0.1' },
        { ...cost, usd: '0.2', lost: true },
      ],
    });
    await store.record(id, { costs: [{ ...cost, usd: '0.0000000042' }] });
    expect((await store.findCall(id))?.costUsd).toBe('0.3000000042');
    expect((await store.listCosts(id)).map(({ usd, lost }) => [usd, lost])).toEqual([
      ['0.1', undefined],
      ['0.2', true],
      ['0.0000000042', undefined],
    ]);
  });

  test('for a call that does not exist says so', async () => {
    await expect(store.record(newId('call'), { events: [{ type: 'turn.agent' }] })).rejects.toMatchObject({
      code: 'call_not_found',
    });
  });
});
