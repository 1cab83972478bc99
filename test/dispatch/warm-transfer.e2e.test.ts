import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { phoneRateHz, type SipPhone } from '../fakes/sip-phone.ts';
import { tone } from '../telephony/tones.ts';
import { numberOf, type Program, type Rig, startRig } from './rig.ts';

let rig: Rig;
let worker: Program;
beforeAll(async () => {
  rig = await startRig({ PARLEY_DRAIN_SECONDS: '1' });
  [, worker] = await Promise.all([rig.startServe(), rig.startWorker()]);
}, 120_000);
afterAll(() => rig?.close());

/** Each of the three voices is a tone of its own; the agent's is the one that the synthesiser's double makes. */
const callerHz = 1300;
const deskHz = 1900;
const agentHz = 440;
const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));
const voice = (hz: number) => tone(hz, { ms: 60_000, sampleRateHz: phoneRateHz, level: 0.1 });

let count = 800;

/** A call that is under way, with somebody on the line. */
async function talking() {
  const number = numberOf((count += 1));
  rig.sip.set(number, { does: 'answer', afterMs: 50, plays: voice(callerHz) });
  const id = await rig.dispatch(number);
  await rig.until(id, 'in_progress');
  const { phone } = rig.dialsTo(number)[0]!;
  await expect.poll(() => phone.heardAtMs, { timeout: 60_000 }).toBeDefined();
  await seconds(2);
  return { id, phone };
}

async function transferOf(callId: string) {
  const [row] = await rig.query<{ data: Record<string, unknown> }>(
    "SELECT data FROM parley.call_events WHERE call_id = $1 AND type = 'call.transferred'",
    [callId],
  );
  return row?.data;
}

/** The share of what a phone heard since then, 0–1 of full scale, that is at this frequency. */
function loudnessAt(hz: number, phone: SipPhone, sinceMs: number): number {
  const samples = phone.heardSince(sinceMs);
  let most = 0;
  const window = phoneRateHz / 10;
  for (let at = 0; at + window <= samples.length; at += window) {
    let [real, imaginary] = [0, 0];
    for (let index = 0; index < window; index += 1) {
      const angle = (2 * Math.PI * hz * index) / phoneRateHz;
      real += samples[at + index]! * Math.cos(angle);
      imaginary += samples[at + index]! * Math.sin(angle);
    }
    most = Math.max(most, (2 * Math.hypot(real, imaginary)) / window / 32_767);
  }
  return most;
}
const music = (phone: SipPhone, sinceMs: number) =>
  Math.max(...[261.63, 329.63, 392, 523.25].map((hz) => loudnessAt(hz, phone, sinceMs)));
const audible = 0.02;

describe('a warm transfer', () => {
  test('calls and briefs somebody while the caller hears music, then lets the two talk', async () => {
    const { id, phone: caller } = await talking();
    const desk = numberOf((count += 1));
    rig.sip.set(desk, { does: 'answer', afterMs: 1_500, plays: voice(deskHz) });
    const briefing = 'It is about a cake for Ann, who has called before and would like to change the date of it.';
    expect((await rig.send('POST', `/api/calls/${id}/transfer`, { to: desk, mode: 'warm', briefing })).status).toBe(
      202,
    );
    await expect.poll(() => rig.dialsTo(desk).length, { timeout: 60_000 }).toBe(1);
    const dial = rig.dialsTo(desk)[0]!;
    expect(dial).toMatchObject({ room: id, from: '+14155550100', trunkId: 'ST_test' });
    const { phone } = dial;
    await expect.poll(() => phone.heardAtMs, { timeout: 60_000 }).toBeDefined();
    const briefedMs = performance.now() + 300;
    await seconds(1.5);
    expect(loudnessAt(agentHz, phone, briefedMs)).toBeGreaterThan(audible);
    expect(loudnessAt(callerHz, phone, briefedMs)).toBeLessThan(audible);
    expect(loudnessAt(deskHz, caller, phone.answeredAtMs!)).toBeLessThan(audible);
    expect(music(caller, briefedMs)).toBeGreaterThan(audible);

    await expect
      .poll(() => transferOf(id), { timeout: 60_000 })
      .toMatchObject({ mode: 'warm', outcome: 'transferred' });
    await seconds(1);
    const togetherMs = performance.now();
    await seconds(1.5);
    expect(loudnessAt(deskHz, caller, togetherMs)).toBeGreaterThan(audible);
    expect(loudnessAt(callerHz, phone, togetherMs)).toBeGreaterThan(audible);
    expect(music(caller, togetherMs)).toBeLessThan(audible);
    expect(await rig.state(id)).toBe('in_progress');

    await phone.hangUp();
    await rig.until(id, 'ended');
    await caller.left;
    const { body } = await rig.send('GET', `/api/calls/${id}`);
    expect(body).toMatchObject({ outcome: 'completed', end_reason: 'transferred' });
    expect(rig.sip.transfers).toEqual([]);
  });

  test('that nobody answers comes back to the caller with a sentence', async () => {
    const { id, phone: caller } = await talking();
    const desk = numberOf((count += 1));
    rig.sip.set(desk, { does: 'refuse', afterMs: 1_000, sipStatus: 486, sipText: 'Busy Here' });
    await rig.send('POST', `/api/calls/${id}/transfer`, { to: desk, mode: 'warm' });
    await expect.poll(() => transferOf(id), { timeout: 60_000 }).toMatchObject({ outcome: 'failed', sip_status: 486 });
    const failedMs = performance.now();
    const said = async () => (await rig.send('GET', `/api/calls/${id}`)).body.turns.at(-1)?.text;
    await expect.poll(said, { timeout: 60_000 }).toMatch(/nobody could be reached/);
    expect(loudnessAt(agentHz, caller, failedMs)).toBeGreaterThan(audible);
    await rig.send('POST', `/api/calls/${id}/hang-up`);
    await rig.until(id, 'ended');
  });

  test('ends when the caller leaves, and nobody is left ringing', async () => {
    const { id, phone: caller } = await talking();
    const desk = numberOf((count += 1));
    rig.sip.set(desk, { does: 'ring_for_ever' });
    await rig.send('POST', `/api/calls/${id}/transfer`, { to: desk, mode: 'warm' });
    await expect.poll(() => rig.dialsTo(desk).length, { timeout: 60_000 }).toBe(1);
    await seconds(1);
    await caller.hangUp();
    await rig.dialsTo(desk)[0]!.phone.left;
    await rig.until(id, 'ended');
    expect((await rig.send('GET', `/api/calls/${id}`)).body).toMatchObject({ end_reason: 'caller_hung_up' });
  });

  test('outlives its worker: the two talk on, and the call ends when one of them has left', async () => {
    const { id, phone: caller } = await talking();
    const desk = numberOf((count += 1));
    rig.sip.set(desk, { does: 'answer', afterMs: 100, plays: voice(deskHz) });
    await rig.send('POST', `/api/calls/${id}/transfer`, { to: desk, mode: 'warm' });
    await expect.poll(() => transferOf(id), { timeout: 60_000 }).toMatchObject({ outcome: 'transferred' });
    await worker.stop();
    const [aloneMs, aloneAt] = [performance.now(), Date.now()];
    await seconds(1.5);
    expect(loudnessAt(deskHz, caller, aloneMs)).toBeGreaterThan(audible);
    expect(await rig.state(id)).toBe('in_progress');
    const { phone } = rig.dialsTo(desk)[0]!;
    await phone.hangUp();
    await caller.left;
    await rig.until(id, 'ended');
    const { body } = await rig.send('GET', `/api/calls/${id}`);
    expect(body).toMatchObject({ outcome: 'completed', end_reason: 'transferred', hung_up_by: 'operator' });
    expect(Date.parse(body.ended_at)).toBeGreaterThan(aloneAt);
    expect((await rig.events(id)).filter((type) => type === 'call.ended')).toHaveLength(1);
  });
});
