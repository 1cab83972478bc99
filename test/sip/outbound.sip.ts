import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PhoneScript } from './phone-bank.ts';
import { lateness, type SipRig, startSipRig } from './sip-rig.ts';

let sip: SipRig;
beforeAll(async () => {
  // Short, so that a phone that stops sending is known within the test.
  sip = await startSipRig({ sip: { media_timeout: '4s', media_timeout_initial: '6s' } });
}, 120_000);
afterAll(() => sip?.close());

/** Rings, and picks up so much later. */
const answers =
  (afterMs: number, then?: PhoneScript): PhoneScript =>
  async (phone) => {
    phone.ring();
    await sleep(afterMs);
    phone.answer();
    await then?.(phone);
  };
const hangsUpAfter = (ms: number) =>
  answers(300, async (phone) => {
    await sleep(ms);
    phone.hangUp();
  });

async function run(name: string, script: PhoneScript | undefined, more: Record<string, unknown> = {}) {
  const placed = await sip.place(script, more);
  return sip.end(name, placed);
}

describe.concurrent('a phone that does not answer', () => {
  test.each([
    [486, 'Busy Here', 'busy', 'busy', 'callee'],
    [600, 'Busy Everywhere', 'busy', 'busy', 'callee'],
    [480, 'Temporarily Unavailable', 'unreachable', 'number_unavailable', 'carrier'],
    [603, 'Decline', 'declined', 'declined', 'callee'],
    [403, 'Forbidden', 'failed', 'trunk_rejected', 'carrier'],
    [302, 'Moved Temporarily', 'failed', 'carrier_error', 'carrier'],
    [404, 'Not Found', 'invalid_number', 'number_not_found', 'carrier'],
    [487, 'Request Terminated', 'no_answer', 'ring_timeout', 'carrier'],
    [488, 'Not Acceptable Here', 'failed', 'trunk_rejected', 'carrier'],
    [503, 'Service Unavailable', 'failed', 'carrier_error', 'carrier'],
  ])('%i %s', async (status, text, outcome, end_reason, hung_up_by) => {
    const { call, phones } = await run(`${status} ${text}`, (phone) => {
      phone.ring();
      phone.refuse(status, text);
    });
    expect(call).toMatchObject({ outcome, end_reason, hung_up_by, answered_at: null });
    expect(phones).toHaveLength(1);
  });

  test('rings until the ring time is over', async () => {
    const { call, phone } = await run('rings for ever', (ringing) => ringing.ring(), { limits: { ring_seconds: 5 } });
    expect(call).toMatchObject({ outcome: 'no_answer', end_reason: 'ring_timeout', hung_up_by: 'parley' });
    expect(phone!.canceledAtMs! - phone!.invitedAtMs).toBeGreaterThan(4_500);
  });

  test('sends early media, then is busy', async () => {
    const { call } = await run('183, then 486', async (phone) => {
      phone.ring(183);
      await sleep(800);
      phone.refuse(486, 'Busy Here');
    });
    expect(call).toMatchObject({ outcome: 'busy', answered_at: null });
  });

  test('is canceled while it rings', async () => {
    const placed = await sip.place((phone) => phone.ring());
    const phone = await sip.phoneAt(placed.number);
    await sip.rig.until(placed.id, 'ringing');
    await sip.rig.send('DELETE', `/api/calls/${placed.id}`);
    const { call } = await sip.end('DELETE while it rings', placed);
    expect(call).toMatchObject({ end_reason: 'canceled_before_answer', hung_up_by: 'operator', answered_at: null });
    expect(phone.canceledAtMs).toBeDefined();
  });
});

describe.concurrent('a trunk', () => {
  test('whose host no name service knows was not asked: the call waits', async () => {
    const trunk_id = await sip.trunkTo('carrier.invalid');
    const placed = await sip.place(undefined, { trunk_id });
    const { call } = await sip.end('unknown host, after 12 s', { ...placed, seconds: 12 });
    expect(call).toMatchObject({ outcome: null, answered_at: null });
    expect(await sip.notDialled(placed.id)).toMatch(/no such host|could not be reached/);
    await sip.rig.send('DELETE', `/api/calls/${placed.id}`);
  });

  test('where nothing listens', async () => {
    const { call } = await run('nothing listens', undefined, { limits: { ring_seconds: 5 } });
    expect(call).toMatchObject({ outcome: 'unreachable', end_reason: 'trunk_unreachable', answered_at: null });
  });
});

// Apart from the others, whose times are looked at.
describe('phones that hang up soon', () => {
  test('twelve at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, index) => run(`twelve at once, ${index + 1}`, hangsUpAfter(100 + index * 50))),
    );
    for (const { call, phones } of all) {
      expect(call).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up', hung_up_by: 'callee' });
      expect(phones).toHaveLength(1);
    }
  });

  test('in the moment of the pick-up, of which livekit-sip may not tell', async () => {
    const { call, phones } = await run('hangs up 0 ms after the pick-up', hangsUpAfter(0));
    expect(phones).toHaveLength(1);
    expect(['caller_hung_up', 'dial_outcome_unknown']).toContain(call.end_reason);
  });
});

describe.concurrent('a phone that answers', () => {
  test('hears the greeting, and hangs up', async () => {
    const { call, phone, events } = await run('answer, hang-up', hangsUpAfter(2_500));
    expect(call).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
    expect(phone!.media.heardAtMs! - phone!.answeredAtMs!).toBeLessThan(1_000);
    expect(Math.abs(lateness(call.answered_at, phone!.answeredAtMs)!)).toBeLessThan(300);
    expect(Math.abs(lateness(call.ended_at, phone!.hungUpAtMs)!)).toBeLessThan(300);
    expect(events).toContain('call.ringing');
  });

  test('without a ring', async () => {
    const { call } = await run('200 with no 180', async (phone) => {
      phone.answer();
      await sleep(1_000);
      phone.hangUp();
    });
    expect(call).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
  });

  test('sends early media, and is greeted after the answer only', async () => {
    const { call, phone } = await run('183, then 200', async (early) => {
      early.ring(183);
      await sleep(1_000);
      early.answer();
      await sleep(1_500);
      early.hangUp();
    });
    expect(call).toMatchObject({ outcome: 'completed' });
    expect(phone!.media.heardAtMs).toBeGreaterThan(phone!.answeredAtMs!);
  });

  test('holds the call and takes it back', async () => {
    const { call, phone } = await run(
      'hold (sendonly) 2 s and back',
      answers(200, async (held) => {
        await sleep(1_000);
        held.hold('sendonly');
        await sleep(2_000);
        held.hold('sendrecv');
        await sleep(1_000);
        held.hangUp();
      }),
    );
    expect(call).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
    expect(phone!.byeAtMs).toBeUndefined();
  });

  test.each<[string, PhoneScript]>([
    ['stops sending', (phone) => phone.media.stop()],
    ['is inactive', (phone) => phone.hold('inactive')],
  ])('%s: the media is lost, not hung up', async (name, script) => {
    const { call, phone } = await run(name, answers(200, script));
    expect(call).toMatchObject({ outcome: 'failed', end_reason: 'media_lost', hung_up_by: 'carrier' });
    expect(phone!.byeAtMs).toBeDefined();
  });

  test('never sends a packet', async () => {
    const { call } = await run('never sends', (phone) => phone.answer({ silent: true }));
    expect(call).toMatchObject({ outcome: 'failed', end_reason: 'media_lost' });
  });

  test('is hung up by the operator', async () => {
    const placed = await sip.place(answers(100));
    await sip.rig.until(placed.id, 'in_progress');
    await sip.rig.send('POST', `/api/calls/${placed.id}/hang-up`);
    const { call, phone } = await sip.end('operator hangs up', placed);
    expect(call).toMatchObject({ end_reason: 'operator_hung_up', hung_up_by: 'operator' });
    expect(phone!.byeAtMs).toBeDefined();
    expect(Math.abs(lateness(call.ended_at, phone!.byeAtMs)!)).toBeLessThan(300);
  });

  test('gets keys', async ({ expect }) => {
    const placed = await sip.place(answers(100));
    await sip.rig.until(placed.id, 'in_progress');
    await sip.rig.send('POST', `/api/calls/${placed.id}/dtmf`, { digits: '12w#' });
    const phone = await sip.phoneAt(placed.number);
    await expect.poll(() => phone.media.keys.length, { timeout: 15_000 }).toBe(3);
    phone.hangUp();
    const [first] = phone.media.keys;
    await sip.end(
      `keys 12w# (heard: ${phone.media.keys.map(({ key, atMs }) => `${key} at ${Math.round(atMs - first!.atMs)}`).join(', ')} ms)`,
      placed,
    );
    expect(phone.media.keys.map(({ key }) => key).join('')).toBe('12#');
    // The pause is heard: half a second longer than between keys without one.
    const [, second, third] = phone.media.keys.map(({ atMs }) => atMs - first!.atMs);
    expect(third! - second! - second!).toBeGreaterThan(350);
  });

  test('presses keys: they are heard in order, with their pauses', async ({ expect }) => {
    const placed = await sip.place(answers(100));
    await sip.rig.until(placed.id, 'in_progress');
    const phone = await sip.phoneAt(placed.number);
    await expect.poll(() => phone.media.heardAtMs, { timeout: 30_000 }).toBeDefined();
    for (const [key, afterMs] of [
      ['4', 0],
      ['2', 400],
      ['0', 1_200],
      ['#', 300],
    ] as const) {
      await sleep(afterMs);
      await phone.media.press(key);
    }
    const keys = async () =>
      (
        await sip.rig.query<{ data: { digits: string; after_ms: number[] } }>(
          "SELECT data FROM parley.call_events WHERE call_id = $1 AND type = 'keys.heard'",
          [placed.id],
        )
      ).map(({ data }) => data);
    await expect.poll(keys, { timeout: 15_000 }).toMatchObject([{ digits: '420#' }]);
    const said = async () =>
      ((await sip.rig.send('GET', `/api/calls/${placed.id}`)).body.turns as { text: string }[]).map(({ text }) => text);
    await expect.poll(said, { timeout: 15_000 }).toContain('[keys pressed: 420#]');
    phone.hangUp();
    const [{ after_ms } = { after_ms: [] as number[] }] = await keys();
    await sip.end(`presses 420# (heard after ${after_ms.join(', ')} ms)`, placed);
    // Each is 100 ms long.
    for (const [index, ms] of [500, 1_800, 2_200].entries()) expect(Math.abs(after_ms[index]! - ms)).toBeLessThan(250);
  });

  test.each([0, 20, 30, 40, 60, 120])('picks up %i ms after the cancel: one truth', async (afterMs) => {
    const placed = await sip.place((phone) => phone.ring());
    await sip.rig.until(placed.id, 'ringing');
    const phone = await sip.phoneAt(placed.number);
    const canceled = sip.rig.send('DELETE', `/api/calls/${placed.id}`);
    await sleep(afterMs);
    phone.answer();
    await canceled;
    const { call, events } = await sip.end(`DELETE, pick-up ${afterMs} ms later`, placed);
    const answered = events.includes('call.answered');
    expect(call.answered_at !== null).toBe(answered);
    expect(call.end_reason).toBe(answered ? 'operator_hung_up' : 'canceled_before_answer');
  });
});

describe.concurrent('a call that is handed over by REFER', () => {
  const transfer = async (name: string, setUp: PhoneScript) => {
    const placed = await sip.place(
      answers(100, (phone) => {
        void setUp(phone);
      }),
    );
    await sip.rig.until(placed.id, 'in_progress');
    await sip.rig.send('POST', `/api/calls/${placed.id}/transfer`, { to: '+14155550951' });
    return { placed, name };
  };

  test('and taken', async () => {
    const { placed, name } = await transfer('REFER accepted', (phone) => void (phone.onRefer = 'accept'));
    const { call, phone } = await sip.end(name, placed);
    expect(call).toMatchObject({ end_reason: 'transferred', hung_up_by: 'operator' });
    expect(phone!.refers).toHaveLength(1);
  });

  test('and refused: the call goes on', async ({ expect }) => {
    const { placed, name } = await transfer(
      'REFER refused',
      (phone) => void (phone.onRefer = { status: 603, text: 'Decline' }),
    );
    const phone = await sip.phoneAt(placed.number);
    await expect.poll(() => phone.refers.length, { timeout: 15_000 }).toBe(1);
    await sleep(3_000);
    expect(await sip.rig.state(placed.id)).toBe('in_progress');
    phone.hangUp();
    const { call } = await sip.end(name, placed);
    expect(call).toMatchObject({ end_reason: 'caller_hung_up' });
  });
});
