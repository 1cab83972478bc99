import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPipeline, type PipelineDefinition } from '../../pipelines/index.ts';
import { embeddedVoice } from '../../src/caller/embedded-voice.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startOllamaDouble } from '../fakes/ollama-double.ts';
import { type ChatReply, startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { startPiperDouble } from '../fakes/piper-double.ts';
import { startWhisperLiveDouble } from '../fakes/whisperlive-double.ts';
import { startRealEngine } from '../pipelines/engine/real-engine.ts';
import { anAgent } from './an-agent.ts';
import { type InProcessCalls, openCalls } from './in-process-calls.ts';

/** A word that is in everything that is not meant to be heard. */
const unheard = 'banana';
/** What the model sends, turn by turn, and what of it a listener hears and understands. */
const turns: { sends: (string | ChatReply)[]; heard: RegExp; kept: string }[] = [
  {
    sends: [`<think>They want the hours. ${unheard}! Or not?</think>\n\nWe are open from nine to five.`],
    heard: /open from (?:nine|9) to (?:five|5)/i,
    kept: 'We are open from nine to five.',
  },
  {
    sends: [
      `Okay, the user is asking for the ${unheard}. I should be short.\n</think>\nYou will find us on Main Street.`,
    ],
    heard: /main ?street/i,
    kept: 'You will find us on Main Street.',
  },
  {
    // Nothing to say, and the same model asked once more.
    sends: ['👍', `**It is 1,5 km** from the station 😀 <!-- ${unheard} --> and costs $12.50.`],
    heard: /one point five.*(?:twelve|12)/i,
    kept: 'It is 1,5 km from the station and costs $12.50.',
  },
  {
    sends: [
      `I have kept that for you. {"name": "take_message", "parameters": {"message": "The ${unheard} is late.", "number": null}}`,
      'The message is kept.',
    ],
    heard: /kept/i,
    kept: 'I have kept that for you.',
  },
  {
    sends: [
      `<|channel|>analysis<|message|>The ${unheard}.<|end|><|start|>assistant<|channel|>final<|message|>Write to anna_berg at the front desk.<|return|> ${unheard}`,
    ],
    heard: /to anna underscore .*front desk/i,
    kept: 'Write to anna_berg at the front desk.',
  },
];

const speech = (name: string) => ({ wav: fileURLToPath(new URL(`../../bench/speech/${name}.wav`, import.meta.url)) });
const asked = ['hours', 'address', 'price', 'insurance', 'hours'];

let calls: InProcessCalls;
let engine: Awaited<ReturnType<typeof startRealEngine>>;
let folder: string;
beforeAll(async () => {
  calls = await openCalls();
  engine = await startRealEngine();
  folder = join(import.meta.dirname, '../../.parley/misbehaving-models');
  await mkdir(folder, { recursive: true });
});
afterAll(async () => {
  await engine.close();
  await calls.close();
});

/** A real voice behind the doubles of voices, so that there are words to be heard. */
async function speak(text: string): Promise<Buffer> {
  const { pcm } = await embeddedVoice(engine.client).speak(text);
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

/** The model of one call: each request is answered by the turn it belongs to, the second of a turn by its second answer. */
function misbehaving() {
  const asks = new Map<string, number>();
  return ({ messages }: { messages: readonly Record<string, unknown>[] }): string | ChatReply => {
    const callers = messages.filter(({ role }) => role === 'user').length;
    const afterTool = messages.at(-1)?.['role'] === 'tool';
    const { sends } = turns[Math.min(callers, turns.length) - 1] ?? turns[0]!;
    const key = `${callers} ${afterTool}`;
    const count = asks.get(key) ?? 0;
    asks.set(key, count + 1);
    if (afterTool) return sends.at(-1)!;
    return sends[0] === '👍' ? sends[Math.min(count, 1)]! : sends[0]!;
  };
}

const transcripts = [
  'When are you open?',
  'Where are you?',
  'How much is it?',
  'Please take a message.',
  'Whom do I write to?',
];
type Far = { url: string; close: () => Promise<void> };

/** The stages of each pipeline, with doubles in the place of its servers. */
const pipelines: Record<string, () => Promise<{ far: Far[]; definition: PipelineDefinition }>> = {
  cloud: async () => {
    const ears = await startDeepgramDouble({ transcripts });
    const mind = await startOpenRouterDouble({ reply: misbehaving(), betweenTokensMs: 10 });
    const mouth = await startElevenLabsDouble({ speak });
    const key = { apiKey: 'key' };
    return {
      far: [ears, mind, mouth],
      definition: {
        name: 'cloud',
        title: 'Doubles of hosted services',
        vad: [{ provider: 'silero-vad' }],
        stt: [{ provider: 'deepgram-stt', options: { ...key, url: ears.url } }],
        llm: [{ provider: 'openrouter-llm', options: { ...key, url: mind.url, model: 'cloud' } }],
        tts: [{ provider: 'elevenlabs-tts', options: { ...key, url: mouth.url, audioTimeoutMs: 20_000 } }],
      },
    };
  },
  lan: async () => {
    const ears = await startWhisperLiveDouble({ transcripts });
    const mind = await startOllamaDouble({ reply: misbehaving(), betweenTokensMs: 10 });
    const mouth = await startPiperDouble({ speak, rateHz: 16_000 });
    return {
      far: [ears, mind, mouth],
      definition: {
        name: 'lan',
        title: 'Doubles of servers of a LAN',
        vad: [{ provider: 'silero-vad' }],
        stt: [{ provider: 'whisperlive-stt', options: { url: ears.url } }],
        llm: [{ provider: 'ollama-llm', options: { url: mind.url, model: 'llama3.1:8b' } }],
        tts: [{ provider: 'piper-http-tts', options: { url: mouth.url, audioTimeoutMs: 20_000 } }],
      },
    };
  },
  embedded: async () => {
    const mind = await startOpenRouterDouble({ reply: misbehaving(), betweenTokensMs: 10 });
    return {
      far: [mind],
      definition: {
        name: 'embedded',
        title: 'This host, with a language model that misbehaves',
        vad: [{ provider: 'silero-vad' }],
        stt: [{ provider: 'moonshine-stt' }],
        llm: [{ provider: 'openai-compatible-llm', options: { url: mind.url, model: 'llama3.1:8b' } }],
        tts: [{ provider: 'piper-embedded-tts' }],
      },
    };
  },
};

describe('a caller hears sense, whatever the model sends', () => {
  test.each(Object.keys(pipelines))('%s', async (name) => {
    const { far, definition } = await pipelines[name]!();
    const call = await calls.place({
      agent: anAgent({ tools: ['take-message', 'end-call'] }),
      deps: {
        buildPipeline: ({ agent: _agent, call: _call, ...callbacks }) =>
          buildPipeline({
            definition,
            settings: {},
            context: { language: 'en-US', sampleRateHz: 16_000, engine: engine.client, ...callbacks },
          }),
      },
    });
    const report = await runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 150,
      replyTimeoutMs: 20_000,
      transcribe: embeddedVoice(engine.client).transcribe,
      recordTo: join(folder, `${name}.wav`),
      script: asked.map((file) => ({ say: speech(file) })),
    });
    await calls.ended(call);
    const record = (await calls.calls.listTurns(call.callId)).map(({ role, text }) => `${role}: ${text}`);
    const heard = report.turns.map(({ heardText }) => heardText ?? '');
    process.stdout.write(`\n${name}, as heard by a recogniser:\n${heard.map((text) => `  ${text}\n`).join('')}`);
    process.stdout.write(`${name}, as kept:\n${record.map((line) => `  ${line}\n`).join('')}`);
    for (const [index, { heard: words, kept }] of turns.entries()) {
      expect(heard[index + 1]).toMatch(words);
      expect(record.some((line) => line.startsWith(`agent: ${kept}`))).toBe(true);
    }
    expect([...heard, ...record].filter((text) => text.toLowerCase().includes(unheard))).toEqual([]);
    const messages = await calls.messages.listMessages(call.callId);
    expect(messages.map(({ text }) => text)).toEqual([`The ${unheard} is late.`]);
    await Promise.all(far.map((double) => double.close()));
  });
});
