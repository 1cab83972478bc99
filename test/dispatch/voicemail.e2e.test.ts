import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedVoice } from '../../src/caller/embedded-voice.ts';
import { resample } from '../../src/caller/resample.ts';
import { dataFolder } from '../commands/running-parley.ts';
import { joined, silence } from '../telephony/tones.ts';
import { phoneRateHz, type PhoneBehaviour } from '../fakes/sip-phone.ts';
import { fetchMs, startRealEngine } from '../pipelines/engine/real-engine.ts';
import { wordErrorRate } from '../pipelines/engine/words.ts';
import { numberOf, type Rig, startRig } from './rig.ts';

/** Voices of the far end come from an engine of its own; the agent hears and speaks with the models of the worker. */
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

let count = 700;
const say = async (text: string) => resample(await embeddedVoice(far.client).speak(text), phoneRateHz).pcm;
const understand = async (pcm: Int16Array) => {
  const mono = resample({ pcm, sampleRateHz: phoneRateHz }, 16_000);
  return embeddedVoice(far.client).transcribe(mono);
};

const greeting = "You have reached Bob. I can't come to the phone. Please leave your message after the tone.";
const message = 'Hello Ann, this is the bakery. Your cake is ready. Please collect it before six in the evening.';

async function machine(more: Partial<Extract<PhoneBehaviour, { does: 'voicemail' }>> = {}): Promise<PhoneBehaviour> {
  return { does: 'voicemail', afterMs: 100, greeting: await say(greeting), beepHz: 1000, recordsMs: 25_000, ...more };
}

async function call(behaviour: PhoneBehaviour | PhoneBehaviour[], more: Record<string, unknown> = {}) {
  const number = numberOf((count += 1));
  rig.sip.set(number, behaviour);
  const id = await rig.dispatch(number, { agent: 'caller', ...more });
  await rig.until(id, 'ended', 70);
  const { body } = await rig.send('GET', `/api/calls/${id}`);
  const found = await rig.query<{ data: Record<string, unknown> }>(
    "SELECT data FROM parley.call_events WHERE call_id = $1 AND type = 'call.machine_detected' ORDER BY sequence",
    [id],
  );
  return { id, body, found: found.map((row) => row.data), phone: rig.dialsTo(number)[0]!.phone, number };
}

describe.concurrent('a machine that answers', () => {
  test('gets the message after its beep, complete to the last word', async () => {
    const { body, found, phone } = await call(await machine(), {
      variables: { customer: 'Ann' },
      voicemail: { action: 'leave_message' },
    });
    expect(body).toMatchObject({ outcome: 'machine', end_reason: 'voicemail_message_left', hung_up_by: 'agent' });
    expect(found).toEqual([expect.objectContaining({ kind: 'voicemail', action: 'leave_message' })]);
    const left = await understand(phone.heardSince(await phone.played));
    expect(left).toMatch(/evening\W*$/i);
    expect(wordErrorRate(message, left)).toBeLessThan(0.2);
    expect(body.turns.at(-1)).toMatchObject({ role: 'agent', text: message });
  });

  test('gets it also when it records without a beep', async () => {
    const ready = 'Your cake is ready. Please collect it before six in the evening.';
    const { body, phone } = await call(await machine({ beepHz: null }), {
      voicemail: {
        action: 'leave_message',
        message: ready,
      },
    });
    expect(body).toMatchObject({ end_reason: 'voicemail_message_left' });
    const left = await understand(phone.heardSince(await phone.played));
    expect(left).toMatch(/evening\W*$/i);
    // The ear is a small model: it may take "cake is" for a name.
    expect(wordErrorRate(ready, left)).toBeLessThan(0.4);
  });

  test('is hung up on, and tried again when the plan says so', async () => {
    const person: PhoneBehaviour = { does: 'answer', afterMs: 50, hangUpAfterMs: 3_000 };
    const number = numberOf((count += 1));
    rig.sip.set(number, [await machine(), person]);
    const id = await rig.dispatch(number, { agent: 'caller', retry: { on: ['machine'], delays: [10] } });
    await rig.until(id, 'scheduled');
    await rig.until(id, 'ended');
    const { body } = await rig.send('GET', `/api/calls/${id}`);
    expect(body).toMatchObject({ outcome: 'completed', attempt: 2, hung_up_by: 'callee' });
    expect(body.report.attempts).toMatchObject([
      { outcome: 'machine', end_reason: 'voicemail_hung_up' },
      { outcome: 'completed' },
    ]);
    expect(body.turns.every(({ role }: { role: string }) => role === 'agent')).toBe(true);
  });

  test('is spoken to when that is wanted', async () => {
    const { body, found } = await call(await machine({ recordsMs: 4_000 }), { voicemail: { action: 'continue' } });
    expect(found).toEqual([expect.objectContaining({ kind: 'voicemail', action: 'continue' })]);
    expect(body).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
  });
});

describe.concurrent('a person who answers', () => {
  test('is greeted at once and never taken for a machine', async () => {
    const greetings = [
      'Hello?',
      'Smith residence, this is John speaking, who is this please?',
      'He is not available right now. Can I take a message?',
    ];
    const voices = await Promise.all(greetings.map(say));
    const calls = await Promise.all(
      voices.map((plays) => call({ does: 'answer', afterMs: 100, plays, hangUpAfterMs: 8_000 })),
    );
    for (const { body, found, phone } of calls) {
      expect(found).toEqual([]);
      expect(body).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up', hung_up_by: 'callee' });
      expect(phone.heardAtMs! - phone.answeredAtMs!).toBeLessThan(1_500);
    }
  });

  test('whoever is asked to hold by a machine, and then speaks, is a person after all', async () => {
    const taken = await say('You have reached Bob. Please leave your message after the tone.');
    const speaks = await say('Hello? Who is this, please?');
    const { body, found } = await call(
      {
        does: 'answer',
        afterMs: 100,
        plays: joined([taken, silence({ ms: 1_800, sampleRateHz: phoneRateHz }), speaks]),
        hangUpAfterMs: 16_000,
      },
      { voicemail: { action: 'leave_message' } },
    );
    expect(found.map(({ kind }) => kind)).toEqual(['voicemail', 'person']);
    expect(body).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
    const greetings = body.turns.filter(({ text }: { text: string }) => text.startsWith('Hello, this is the bakery'));
    expect(greetings.length).toBeGreaterThan(0);
  });

  test('a phone that screens its calls is told who calls, and its owner is greeted when they come', async () => {
    const pause = (ms: number) => silence({ ms, sampleRateHz: phoneRateHz });
    const asks = await say("Hi. If you record your name and reason for calling, I'll see if this person is available.");
    const thanks = await say('Thanks. Please stay on the line.');
    const owner = await say('Hello, this is Ann speaking.');
    const { body, found } = await call(
      {
        does: 'answer',
        afterMs: 100,
        plays: joined([asks, pause(12_000), thanks, pause(3_000), owner]),
        hangUpAfterMs: 36_000,
      },
      { variables: { customer: 'Ann' }, voicemail: { action: 'hang_up' } },
    );
    expect(found).toMatchObject([
      { kind: 'screening', action: 'introduce' },
      { kind: 'person', rule: 'came after screening', action: 'continue' },
    ]);
    expect(body).toMatchObject({ outcome: 'completed', end_reason: 'caller_hung_up' });
    const said = body.turns
      .filter(({ role }: { role: string }) => role === 'agent')
      .map(({ text }: { text: string }) => text);
    expect(said.filter((text: string) => text.startsWith('Hello, this is the bakery')).length).toBeGreaterThan(1);
  });
});
