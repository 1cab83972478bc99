import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Phone } from './phone-bank.ts';
import { deskNumber, lateness, type SipRig, startSipRig } from './sip-rig.ts';

let sip: SipRig;
beforeAll(async () => {
  sip = await startSipRig({ sip: { media_timeout: '4s' } });
}, 120_000);
afterAll(() => sip?.close());

async function callIn(): Promise<Phone> {
  return sip.bank.callIn({ from: sip.nextNumber(), to: deskNumber, farPort: sip.stack.sipPort });
}

/** The call of this caller, once it has a row. */
async function callOf(phone: Phone, seconds = 20) {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(50)) {
    const { body } = await sip.rig.send('GET', `/api/calls?phone_number=${encodeURIComponent(phone.number)}`);
    if (body.calls[0]) return { id: body.calls[0].call_id as string, number: phone.number };
  }
  return undefined;
}

test('a phone that calls is greeted, and hangs up', async () => {
  const phone = await callIn();
  await phone.answered;
  await sleep(3_000);
  phone.hangUp();
  const { call } = await sip.end('inbound: greeted, hangs up', (await callOf(phone))!);
  expect(phone.media.heardAtMs! - phone.answeredAtMs!).toBeLessThan(1_000);
  expect(call).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up', hung_up_by: 'caller' });
  expect(Math.abs(lateness(call.answered_at, phone.answeredAtMs)!)).toBeLessThan(300);
  expect(Math.abs(lateness(call.ended_at, phone.hungUpAtMs)!)).toBeLessThan(300);
});

test('a phone that calls and stops sending is hung up on by livekit-sip', async () => {
  const phone = await callIn();
  await phone.answered;
  phone.media.stop();
  await phone.over;
  const { call } = await sip.end('inbound: stops sending', (await callOf(phone))!);
  expect(call).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
});

describe('a caller who gives up before the answer', () => {
  test('while no worker is there leaves a missed call', async () => {
    await sip.stopWorker();
    const phone = await callIn();
    await sleep(3_000);
    phone.cancel();
    const found = await callOf(phone, 20);
    await sip.startWorker();
    expect(found).toBeDefined();
    const { call, events } = await sip.end('inbound: gives up, no worker', found!);
    expect(call).toMatchObject({ status: 'ended', answered_at: null });
    expect(events).toContain('call.ended');
  });
});

test.each([8, 15])(
  '%i phones at once are each answered only when their agent speaks within a second',
  async (count) => {
    const phones = await Promise.all(Array.from({ length: count }, callIn));
    await Promise.race([Promise.all(phones.map((phone) => phone.answered)), sleep(30_000)]);
    await sleep(9_000);
    const silences = phones.map(({ media, answeredAtMs }) => (media.heardAtMs ?? Infinity) - (answeredAtMs ?? 0));
    for (const phone of phones) phone.hangUp();
    const rows = await Promise.all(
      phones.map(async (phone, index) => {
        const found = await callOf(phone);
        return sip.end(`inbound burst of ${count}, ${index + 1}: silence ${Math.round(silences[index]!)} ms`, found!);
      }),
    );
    expect(Math.max(...silences)).toBeLessThan(1_000);
    for (const [index, { call }] of rows.entries())
      expect(Math.abs(lateness(call.answered_at, phones[index]!.answeredAtMs)!)).toBeLessThan(300);
  },
);
