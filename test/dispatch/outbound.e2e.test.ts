import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PhoneBehaviour } from '../fakes/sip-phone.ts';
import { connectTo } from '../http/open-mcp.ts';
import { numberOf, type Rig, startRig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await Promise.all([rig.startServe(), rig.startWorker()]);
}, 120_000);
afterAll(() => rig?.close());

let count = 0;
const nextNumber = () => numberOf((count += 1));

/** Places a call to a phone that behaves so, and waits for its end. */
async function call(behaviour: PhoneBehaviour | PhoneBehaviour[], more: Record<string, unknown> = {}) {
  const number = nextNumber();
  rig.sip.set(number, behaviour);
  const id = await rig.dispatch(number, more);
  await rig.until(id, 'ended');
  const { body } = await rig.send('GET', `/api/calls/${id}`);
  return { id, number, body, dials: rig.dialsTo(number), events: await rig.events(id) };
}

async function transferOf(callId: string) {
  const [row] = await rig.query<{ data: Record<string, unknown> }>(
    "SELECT data FROM parley.call_events WHERE call_id = $1 AND type = 'call.transferred'",
    [callId],
  );
  return row?.data;
}

describe.concurrent('a call that is answered', () => {
  test('rings once, hears the greeting, and ends when the person hangs up', async () => {
    const { id, body, dials, events } = await call(
      { does: 'answer', afterMs: 300, hangUpAfterMs: 2_500 },
      { metadata: { order: 7 } },
    );
    const [dial, ...others] = dials;
    expect(others).toEqual([]);
    expect(dial).toMatchObject({ trunkId: 'ST_test', from: '+14155550100', room: id, ringSeconds: 40 });
    expect(dial!.phone.heardAtMs! - dial!.phone.answeredAtMs!).toBeLessThan(1_500);
    expect(events).toEqual([
      'call.queued',
      'call.state',
      'call.dialing',
      'call.ringing',
      'call.answered',
      'call.ended',
    ]);
    expect(body).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up', metadata: { order: 7 } });
    expect(body.turns[0]).toMatchObject({ role: 'agent' });
  });

  test('is answered also by a number that sends no ringing', async () => {
    const { body } = await call({ does: 'answer', afterMs: 200, rings: false, hangUpAfterMs: 600 });
    expect(body).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
    expect(body.answered_at).not.toBeNull();
  });

  test('is hung up by the operator', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 50 });
    const id = await rig.dispatch(number);
    await rig.until(id, 'in_progress');
    expect((await rig.send('POST', `/api/calls/${id}/hang-up`)).status).toBe(202);
    await rig.until(id, 'ended');
    await rig.dialsTo(number)[0]!.phone.left;
    const { body } = await rig.send('GET', `/api/calls/${id}`);
    expect(body).toMatchObject({ outcome: 'completed', end_reason: 'operator_hung_up', hung_up_by: 'operator' });
  });

  test('is handed to another number', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 50 });
    const id = await rig.dispatch(number);
    await rig.until(id, 'in_progress');
    expect((await rig.send('POST', `/api/calls/${id}/transfer`, { to: '+14155550951' })).status).toBe(202);
    await rig.until(id, 'ended');
    expect(rig.sip.transfers.find(({ room }) => room === id)).toMatchObject({ to: 'tel:+14155550951' });
    const { body } = await rig.send('GET', `/api/calls/${id}`);
    expect(body).toMatchObject({ end_reason: 'transferred', hung_up_by: 'operator' });
    expect(body.turns.at(-1)).toMatchObject({ role: 'agent', text: 'One moment, I am connecting you.' });
    expect(await transferOf(id)).toEqual({
      to: '+14155550951',
      mode: 'blind',
      by: 'operator',
      outcome: 'transferred',
    });
  });

  test('goes on when nobody takes it over, and says so', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 50 });
    rig.sip.set('+14155550952', { does: 'refuse', afterMs: 0, sipStatus: 603, sipText: 'Decline' });
    const id = await rig.dispatch(number);
    await rig.until(id, 'in_progress');
    await rig.send('POST', `/api/calls/${id}/transfer`, { to: '+14155550952' });
    const failed = { outcome: 'failed', sip_status: 603 };
    await vi.waitFor(async () => expect(await transferOf(id)).toMatchObject(failed), 20_000);
    const said = async () => (await rig.send('GET', `/api/calls/${id}`)).body.turns.at(-1)?.text;
    await vi.waitFor(async () => expect(await said()).toMatch(/nobody could be reached/), 10_000);
    expect(await rig.state(id)).toBe('in_progress');
    await rig.send('POST', `/api/calls/${id}/hang-up`);
    await rig.until(id, 'ended');
  });

  test.each([
    ['+19005551234', 'premium_number'],
    ['+4930123456', 'country'],
  ])('is not handed to %s', async (to, rule) => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 50 });
    const id = await rig.dispatch(number);
    await rig.until(id, 'in_progress');
    expect(await rig.send('POST', `/api/calls/${id}/transfer`, { to })).toMatchObject({
      status: 422,
      body: { code: 'blocked', rule, field: 'to' },
    });
    await rig.send('POST', `/api/calls/${id}/hang-up`);
    await rig.until(id, 'ended');
  });
});

describe('a call that an assistant places', () => {
  test('rings once however often it is asked for, is waited for, and is hung up', async () => {
    const assistant = await connectTo(rig.api, { Authorization: `Bearer ${rig.key}` });
    const use = async (name: string, args: Record<string, unknown>) =>
      (await assistant.callTool({ name, arguments: args })).structuredContent as Record<string, unknown>;
    try {
      const number = nextNumber();
      rig.sip.set(number, { does: 'answer', afterMs: 50 });
      const { call_id } = await use('place_call', { to: number, agent: 'notice' });
      expect(await use('place_call', { to: number, agent: 'notice' })).toMatchObject({ call_id, replayed: true });
      await rig.until(String(call_id), 'in_progress');
      const said = async () => ((await use('get_call', { call_id }))['transcript'] as unknown[]).length;
      await expect.poll(said, { timeout: 60_000 }).toBeGreaterThan(0);
      const end = use('get_call', { call_id, wait_seconds: 20 });
      expect(await use('hang_up', { call_id })).toMatchObject({ done: 'hanging_up' });
      expect(await end).toMatchObject({
        status: 'ended',
        outcome: 'completed',
        end_reason: 'operator_hung_up',
        transcript: [{ role: 'agent', text: expect.stringContaining('Your order is ready.') }],
      });
      expect(rig.dialsTo(number)).toHaveLength(1);
    } finally {
      await assistant.close();
    }
  });
});

describe.concurrent('a call that is not answered', () => {
  const refuse = (sipStatus: number, sipText: string): PhoneBehaviour => ({
    does: 'refuse',
    afterMs: 30,
    sipStatus,
    sipText,
  });

  test.each([
    [refuse(486, 'Busy Here'), 'busy', 'busy', 'callee'],
    [refuse(480, 'Temporarily Unavailable'), 'unreachable', 'number_unavailable', 'carrier'],
    [refuse(603, 'Decline'), 'declined', 'declined', 'callee'],
    [refuse(607, 'Unwanted'), 'declined', 'declined', 'callee'],
    [refuse(403, 'Forbidden'), 'failed', 'trunk_rejected', 'carrier'],
    [refuse(404, 'Not Found'), 'invalid_number', 'number_not_found', 'carrier'],
    [refuse(408, 'Request Timeout'), 'unreachable', 'number_unavailable', 'carrier'],
    [refuse(488, 'Not Acceptable Here'), 'failed', 'trunk_rejected', 'carrier'],
    [refuse(503, 'Service Unavailable'), 'failed', 'carrier_error', 'carrier'],
    [{ does: 'ring_for_ever' } as const, 'no_answer', 'ring_timeout', 'parley'],
    [{ does: 'nothing_listens' } as const, 'unreachable', 'trunk_unreachable', 'parley'],
  ])('%j ends as %s, %s', async (behaviour, outcome, reason, by) => {
    const { id, body, dials } = await call(behaviour, { limits: { ring_seconds: 5 } });
    expect(body).toMatchObject({ outcome, end_reason: reason, hung_up_by: by, answered_at: null });
    expect(dials).toHaveLength(1);
    const [attempt] = await rig.query('SELECT outcome, sip_status FROM parley.call_attempts WHERE call_id = $1', [id]);
    expect(attempt).toEqual({ outcome, sip_status: 'sipStatus' in behaviour ? behaviour.sipStatus : null });
  });

  test('is canceled while it rings', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'ring_for_ever' });
    const id = await rig.dispatch(number);
    await rig.until(id, 'ringing');
    expect(await rig.send('DELETE', `/api/calls/${id}`)).toMatchObject({ status: 202, body: { done: 'canceling' } });
    await rig.until(id, 'ended');
    await rig.dialsTo(number)[0]!.phone.left;
    expect((await rig.send('GET', `/api/calls/${id}`)).body).toMatchObject({
      outcome: 'canceled',
      end_reason: 'canceled_before_answer',
      hung_up_by: 'operator',
    });
  });

  test('is tried again as its plan says, and the last outcome decides', async () => {
    const number = nextNumber();
    rig.sip.set(number, [
      { does: 'refuse', afterMs: 20, sipStatus: 486, sipText: 'Busy Here' },
      { does: 'answer', afterMs: 20, hangUpAfterMs: 500 },
    ]);
    const id = await rig.dispatch(number, { retry: { max_attempts: 3, delays: [10] } });
    await rig.until(id, 'scheduled');
    expect(await rig.events(id)).toContain('call.attempt_ended');
    // Ten seconds is the shortest delay; the test does not wait for it.
    await rig.query("UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key = 'dispatch:' || $1", [id]);
    await rig.query('UPDATE parley.calls SET not_before = now() WHERE id = $1', [id]);
    await rig.until(id, 'ended');
    expect((await rig.send('GET', `/api/calls/${id}`)).body).toMatchObject({ outcome: 'completed', attempt: 2 });
    const attempts = await rig.query<{ outcome: string }>(
      'SELECT outcome FROM parley.call_attempts WHERE call_id = $1 ORDER BY attempt',
      [id],
    );
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['busy', 'completed']);
    expect(rig.dialsTo(number)).toHaveLength(2);
  });
});

describe.concurrent('a phone whose far end fails', () => {
  test.each<[string, PhoneBehaviour]>([
    ['cut', { does: 'answer', afterMs: 2_000, wordLost: { afterMs: 400, says: 'cut' }, hangUpAfterMs: 1_500 }],
    [
      'canceled',
      { does: 'answer', afterMs: 2_000, wordLost: { afterMs: 400, says: 'canceled' }, hangUpAfterMs: 1_500 },
    ],
  ])('rings on when the word of it is lost (%s), and is greeted', async (_, behaviour) => {
    const { body, dials } = await call(behaviour, { retry: { max_attempts: 3, delays: [10] } });
    expect(dials).toHaveLength(1);
    expect(dials[0]!.phone.heardAtMs).toBeDefined();
    expect(body).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up', attempt: 1 });
  });

  test('leaves while it rings: nobody knows, and nobody dials again', async () => {
    const { body, dials } = await call(
      { does: 'vanish', afterMs: 500 },
      { limits: { ring_seconds: 5 }, retry: { max_attempts: 3, delays: [10], on: ['no_answer'] } },
    );
    expect(dials).toHaveLength(1);
    expect(body).toMatchObject({ outcome: 'unknown', end_reason: 'dial_outcome_unknown', answered_at: null });
  });

  test('loses its sound: that is no hang-up, and ends when the leg left', async () => {
    const { body, dials } = await call({ does: 'answer', afterMs: 50, lostAfterMs: 1_500 });
    expect(body).toMatchObject({ outcome: 'failed', end_reason: 'media_lost', hung_up_by: 'carrier' });
    const leftAt = performance.timeOrigin + dials[0]!.phone.leftAtMs!;
    expect(Math.abs(Date.parse(body.ended_at) - leftAt)).toBeLessThan(1_000);
  });

  test('is refused before any INVITE: it waits, and is dialled once it can be', async () => {
    const { body, number, dials } = await call([
      { does: 'not_dialled', why: 'overloaded' },
      { does: 'answer', afterMs: 50, hangUpAfterMs: 500 },
    ]);
    expect(rig.sip.refused.filter(({ to }) => to === number)).toHaveLength(1);
    expect(dials).toHaveLength(1);
    expect(body).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up', attempt: 1 });
  });

  test('says 487 by itself: that was not Parley', async () => {
    const { body } = await call({ does: 'refuse', afterMs: 30, sipStatus: 487, sipText: 'Request Terminated' });
    expect(body).toMatchObject({ outcome: 'no_answer', end_reason: 'ring_timeout', hung_up_by: 'carrier' });
  });
});

describe('a burst', () => {
  test('is dialled completely, nobody twice', async () => {
    const numbers = Array.from({ length: 12 }, nextNumber);
    for (const number of numbers) rig.sip.set(number, { does: 'refuse', afterMs: 20, sipStatus: 486, sipText: 'Busy' });
    const ids = await Promise.all(numbers.map((number) => rig.dispatch(number)));
    await Promise.all(ids.map((id) => rig.until(id, 'ended')));
    const reasons = await rig.query<{ end_reason: string }>(
      'SELECT DISTINCT end_reason FROM parley.calls WHERE id = ANY ($1)',
      [ids],
    );
    expect(reasons).toEqual([{ end_reason: 'busy' }]);
    for (const number of numbers) expect(rig.dialsTo(number)).toHaveLength(1);
  });
});

describe('a call that comes in', () => {
  test('is answered when the agent is ready, greeted, and written with the numbers of both sides', async () => {
    const { AgentDispatchClient } = await import('livekit-server-sdk');
    const { livekit } = await import('../setup/servers.ts');
    const { url, apiKey, apiSecret } = livekit();
    const room = `in_+14155550199_${Date.now()}`;
    const phone = await rig.sip.callIn({
      from: '+14155550199',
      to: '+14155550100',
      room,
      ruleId: 'SDR_x',
      trunkId: 'ST_in',
    });
    await new AgentDispatchClient(url, apiKey, apiSecret).createDispatch(room, rig.agentName, {
      metadata: JSON.stringify({ agent: 'notice', tenantId: 'default' }),
    });
    await expect.poll(() => phone.heardAtMs, { timeout: 60_000 }).toBeDefined();
    expect(phone.heardAtMs! - phone.answeredAtMs!).toBeLessThan(1_500);
    const { body } = await rig.send('GET', '/api/calls?phone_number=%2B14155550199');
    const [found] = body.calls;
    expect(found).toMatchObject({ direction: 'inbound', status: 'in_progress', from_number: '+14155550100' });
    await rig.send('POST', `/api/calls/${found.call_id}/say`, { text: 'One more thing.', interrupt: true });
    await phone.hangUp();
    await rig.until(found.call_id, 'ended');
    expect(await rig.events(found.call_id)).toEqual(['call.state', 'call.answered', 'call.ended']);
  });
});
