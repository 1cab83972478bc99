import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCaller } from '../../src/caller/run-caller.ts';
import { readWav, toMono } from '../../src/caller/wav.ts';
import { anAgent } from './an-agent.ts';
import { type InProcessCalls, openCalls } from './in-process-calls.ts';

const hours = fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url));

let calls: InProcessCalls;
beforeAll(async () => {
  calls = await openCalls();
});
afterAll(() => calls.close());

/** Speech in so many groups of 700 ms, with pauses between them. */
async function groups(count: number, pauseMs: number) {
  const { pcm, sampleRateHz } = toMono(await readWav(hours));
  const spoken = pcm.subarray(0, 0.7 * sampleRateHz);
  const whole = new Int16Array(count * spoken.length + (count - 1) * (pauseMs / 1000) * sampleRateHz);
  for (let group = 0; group < count; group++)
    whole.set(spoken, group * (spoken.length + (pauseMs / 1000) * sampleRateHz));
  return { pcm: whole, sampleRateHz };
}

/** The caller's turns of a call in which the model takes every pause for the end. */
async function turnsOf({ greeting, said, pauseMs }: { greeting: string; said: readonly string[]; pauseMs: number }) {
  const call = await calls.place({
    agent: anAgent({ greeting, language: 'en-US' }),
    pipeline: { transcripts: said },
    deps: { endOfTurn: () => Promise.resolve(0.95) },
  });
  await runCaller({
    url: calls.url,
    token: call.callerToken,
    timeoutSeconds: 40,
    script: [{ say: await groups(said.length, pauseMs) }],
  });
  await calls.ended(call);
  return (await calls.calls.listTurns(call.callId)).filter(({ role }) => role === 'caller');
}

describe.concurrent('the end of a turn', () => {
  it('comes with the last digit of a telephone number, however long the pauses within it are', async () => {
    const turns = await turnsOf({
      greeting: 'What is your phone number?',
      said: ['two one three', 'three seven three', 'four two five three'],
      pauseMs: 1_500,
    });
    expect(turns).toMatchObject([
      {
        text: 'two one three three seven three four two five three',
        ending: { endedBy: 'words', expected: 'telephone_number', probability: 0.95, cutOff: false },
      },
    ]);
  });

  it('does not come after words that want to go on', async () => {
    const turns = await turnsOf({
      greeting: 'How can I help you?',
      said: ['I need an appointment and', 'a new prescription.'],
      pauseMs: 1_500,
    });
    expect(turns).toMatchObject([
      { text: 'I need an appointment and a new prescription.', ending: { endedBy: 'model', expected: 'open' } },
    ]);
  });

  it('is written down with what came next where the caller was cut off', async () => {
    const turns = await turnsOf({
      greeting: 'How can I help you?',
      said: ['I need an appointment.', 'On Monday.'],
      pauseMs: 1_500,
    });
    expect(turns).toMatchObject([
      {
        text: 'I need an appointment.',
        ending: { endedBy: 'model', cutOff: true, talkedOnMs: expect.any(Number), noiseFloorDbfs: expect.any(Number) },
      },
      { text: 'On Monday.', ending: { cutOff: false } },
    ]);
  });
});
