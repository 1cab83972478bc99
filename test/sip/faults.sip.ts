import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Phone } from './phone-bank.ts';
import { type SipRig, startSipRig } from './sip-rig.ts';

let sip: SipRig;
beforeEach(async () => {
  sip = await startSipRig();
}, 120_000);
afterEach(() => sip?.close());

/** A phone that rings until somebody picks it up. */
async function ringing(more: Record<string, unknown> = {}) {
  const placed = await sip.place((phone) => phone.ring(), { limits: { ring_seconds: 40 }, ...more });
  await sip.rig.until(placed.id, 'ringing');
  return { ...placed, phone: await sip.phoneAt(placed.number) };
}

async function isGreeted(phone: Phone, seconds: number): Promise<boolean> {
  for (let waited = 0; waited < seconds * 1000; waited += 50) {
    if (phone.media.heardAtMs !== undefined && phone.media.heardAtMs > (phone.answeredAtMs ?? Infinity)) return true;
    await sleep(50);
  }
  return false;
}

describe('while a phone rings', () => {
  test('livekit-server is killed and comes back: the phone is waited for, and greeted', async () => {
    const { phone, ...placed } = await ringing();
    await sip.stack.kill('livekit');
    await sleep(1_000);
    await sip.stack.start('livekit');
    await sleep(10_000);
    if (phone.canceledAtMs === undefined) phone.answer();
    const greeted = await isGreeted(phone, 15);
    const { call } = await sip.rig.send('GET', `/api/calls/${placed.id}`).then(({ body }) => ({ call: body }));
    phone.hangUp();
    const { call: ended, phones } = await sip.end('P1: livekit-server killed mid-ring, picked up 10 s later', placed);
    expect(phones).toHaveLength(1);
    expect({ greeted, canceled: phone.canceledAtMs !== undefined }).toEqual({ greeted: true, canceled: false });
    expect(call.status).toBe('in_progress');
    expect(ended).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
  });

  test('livekit-sip is killed: nobody knows, and nobody dials again', async () => {
    const retry = { max_attempts: 3, delays: [10], on: ['no_answer'] };
    const { phone, ...placed } = await ringing({ retry });
    await sip.stack.kill('sip');
    await sip.stack.start('sip');
    const { call, phones } = await sip.end('P2: livekit-sip killed mid-ring', placed);
    expect(phone.canceledAtMs).toBeUndefined();
    expect(phones).toHaveLength(1);
    expect(call).toMatchObject({ outcome: 'unknown', end_reason: 'dial_outcome_unknown' });
  });

  test('Redis restarts: the phone is waited for, and greeted', async () => {
    const { phone, ...placed } = await ringing();
    await sip.stack.kill('redis');
    await sleep(1_000);
    await sip.stack.start('redis');
    await sleep(6_000);
    if (phone.canceledAtMs === undefined) phone.answer();
    const greeted = await isGreeted(phone, 15);
    await sleep(1_000);
    phone.hangUp();
    const { call } = await sip.end('P3: Redis killed mid-ring, picked up 6 s later', placed);
    expect(greeted).toBe(true);
    expect(call).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
  });
});

describe('while two people talk', () => {
  test('livekit-sip is killed: the media is lost', async () => {
    const placed = await sip.place(async (phone) => {
      phone.ring();
      await sleep(200);
      phone.answer();
    });
    await sip.rig.until(placed.id, 'in_progress');
    await sleep(1_500);
    await sip.stack.kill('sip');
    const { call } = await sip.end('livekit-sip killed mid-call', placed);
    expect(call).toMatchObject({ outcome: 'failed', end_reason: 'media_lost' });
  });

  test('livekit-server is killed and comes back: the call goes on', async () => {
    const placed = await sip.place(async (phone) => {
      phone.ring();
      await sleep(200);
      phone.answer();
    });
    await sip.rig.until(placed.id, 'in_progress');
    await sleep(1_500);
    await sip.stack.kill('livekit');
    await sleep(1_000);
    await sip.stack.start('livekit');
    await sleep(8_000);
    const phone = await sip.phoneAt(placed.number);
    sip.rig
      .send('POST', `/api/calls/${placed.id}/say`, { text: 'Are you there?', interrupt: true })
      .catch(() => undefined);
    await sleep(2_000);
    const state = await sip.rig.state(placed.id);
    phone.hangUp();
    await sip.end(`livekit-server killed mid-call (10 s later: ${state})`, placed);
    expect(state).toBe('in_progress');
  });
});

describe('when nothing was dialled', () => {
  test('since livekit-sip is away, the call waits, and is dialled when it is back', async () => {
    await sip.stack.kill('sip');
    const placed = await sip.place(async (phone) => {
      phone.ring();
      await sleep(300);
      phone.answer();
      await sleep(1_500);
      phone.hangUp();
    });
    await sleep(8_000);
    await sip.stack.start('sip');
    const { call, phones } = await sip.end('no livekit-sip for 8 s', placed);
    expect(phones).toHaveLength(1);
    expect(call).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
  });
});

describe('a livekit-sip over its CPU limit', () => {
  test('refuses, and the call is offered again', async () => {
    const overloaded = await startSipRig({ sip: { max_cpu_utilization: 0.0001 } });
    onTestFinished(() => overloaded.close());
    const placed = await overloaded.place((phone) => phone.ring());
    const { call, phones } = await overloaded.end('P4: cpu exhausted', { ...placed, seconds: 15 });
    expect(phones).toHaveLength(0);
    expect(call.status).not.toBe('ended');
    expect(await overloaded.notDialled(placed.id)).toMatch(/overloaded/);
  });
});
