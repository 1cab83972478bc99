import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dictatedNumbers } from '../../bench/turns/dictated.ts';
import { embeddedVoice } from '../../src/caller/embedded-voice.ts';
import { resample } from '../../src/caller/resample.ts';
import { dataFolder } from '../commands/running-parley.ts';
import { phoneRateHz } from '../fakes/sip-phone.ts';
import { fetchMs, startRealEngine } from '../pipelines/engine/real-engine.ts';
import { fromUlaw, toUlaw } from '../sip/g711.ts';
import { joined, silence } from '../telephony/tones.ts';
import { numberOf, type Rig, startRig } from './rig.ts';

/** Whole calls over the double of SIP, whose phones speak as G.711 does; everything between is real. */
let far: Awaited<ReturnType<typeof startRealEngine>>;
let rig: Rig;
const data = dataFolder();

beforeAll(async () => {
  far = await startRealEngine();
  rig = await startRig({ PARLEY_EMBEDDED: '1', PARLEY_DATA_DIR: data.path });
  await Promise.all([rig.startServe(), rig.startWorker()]);
}, fetchMs);
afterAll(async () => {
  await rig?.close();
  await far?.close();
  data.remove();
});

const pause = (ms: number) => silence({ ms, sampleRateHz: phoneRateHz });
const say = async (text: string) =>
  resample(await embeddedVoice(far.client).speak(text), phoneRateHz).pcm.map((sample) => fromUlaw(toUlaw(sample)));

const names = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const inWords = (digits: string) => Array.from(digits, (digit) => names[Number(digit)]).join(' ');

let count = 800;
async function call(plays: Int16Array, agent: string) {
  const number = numberOf((count += 1));
  const hangUpAfterMs = (1000 * plays.length) / phoneRateHz + 7_000;
  rig.sip.set(number, { does: 'answer', afterMs: 100, plays, hangUpAfterMs });
  const id = await rig.dispatch(number, { agent });
  await rig.until(id, 'ended', 90);
  const { body } = await rig.send('GET', `/api/calls/${id}`);
  const found = await rig.query<{ data: { kind: string } }>(
    "SELECT data FROM parley.call_events WHERE call_id = $1 AND type = 'call.machine_detected' ORDER BY sequence",
    [id],
  );
  const turns = body.turns as { role: string; text: string }[];
  process.stdout.write(`\n${turns.map(({ role, text }) => `  ${role}: ${text}`).join('\n')}\n`);
  return { body, turns, kinds: found.map(({ data: { kind } }) => kind) };
}

/** For the question of the agent to be over. */
const question = 4_000;
const callsAtOnce = 2;

describe('a telephone number that is dictated', () => {
  test('is one turn, with pauses of up to 1.5 s', async () => {
    const numbers = dictatedNumbers(12);
    const heard: { role: string; text: string }[][] = [];
    for (let at = 0; at < numbers.length; at += callsAtOnce)
      heard.push(
        ...(await Promise.all(
          numbers.slice(at, at + callsAtOnce).map(async ({ groups, pausesMs }) => {
            const parts = await Promise.all(groups.map((group) => say(inWords(group))));
            const plays = joined([
              pause(question),
              ...parts.flatMap((part, index) => [part, pause(pausesMs[index] ?? 0)]),
            ]);
            return (await call(plays, 'number')).turns.filter(({ role }) => role === 'caller');
          }),
        )),
      );
    const whole = heard.filter((turns) => turns.length === 1);
    process.stdout.write(`\n  ${whole.length} of ${numbers.length} numbers were one turn\n`);
    expect(whole.length).toBeGreaterThanOrEqual(11);
  });
});

test('the menu of a company is hung up on', async () => {
  const menu = await say('Thank you for calling Acme. For sales, press one. For support, press two.');
  const { body, kinds } = await call(menu, 'caller');
  expect(kinds).toEqual(['menu']);
  expect(body).toMatchObject({ outcome: 'machine', end_reason: 'voicemail_hung_up' });
});

test('somebody who cannot talk is a person', async () => {
  const busy = await say("Sorry, I can't take your call right now, I'll call you back.");
  const { body, kinds } = await call(busy, 'caller');
  expect(kinds).toEqual([]);
  expect(body).toMatchObject({ outcome: 'completed' });
});
