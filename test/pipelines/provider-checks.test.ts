import { afterEach, describe, expect, test } from 'vitest';
import type { ProviderName } from '../../pipelines/index.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startFluxDouble } from '../fakes/deepgram-flux-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startOllamaDouble } from '../fakes/ollama-double.ts';
import { startSpeechServerDouble } from '../fakes/openai-compatible-double.ts';
import { ollamaLlm } from '../../pipelines/providers/ollama-llm.ts';
import { type ChatBody, startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { chatForTest, contextForTest } from './call-for-test.ts';
import { startPiperDouble } from '../fakes/piper-double.ts';
import { startWhisperLiveDouble } from '../fakes/whisperlive-double.ts';
import { startWhisperLiveKitDouble } from '../fakes/whisperlivekit-double.ts';
import { startWyomingDouble } from '../fakes/wyoming-double.ts';
import { tried } from './use-for-test.ts';

type Far = { url: string; close: () => Promise<void> };
const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

const key = { apiKey: 'key' };
const llama = { model: 'llama3.1:8b' };

describe('a provider that can be used says so', () => {
  const cases: [ProviderName, () => Promise<Far>, Record<string, unknown>][] = [
    ['deepgram-stt', startDeepgramDouble, key],
    ['deepgram-flux-stt', startFluxDouble, key],
    ['deepgram-tts', startFluxDouble, key],
    ['whisperlive-stt', startWhisperLiveDouble, {}],
    ['whisperlivekit-stt', startWhisperLiveKitDouble, {}],
    ['openai-compatible-stt', startSpeechServerDouble, {}],
    ['openrouter-llm', startOpenRouterDouble, key],
    ['ollama-llm', startOllamaDouble, llama],
    ['openai-compatible-llm', startOpenRouterDouble, llama],
    ['elevenlabs-tts', startElevenLabsDouble, key],
    ['piper-http-tts', startPiperDouble, { voice: 'en_US-joe-medium' }],
    ['piper-wyoming-tts', startWyomingDouble, { voice: 'en_US-joe-medium' }],
    ['openai-compatible-tts', startSpeechServerDouble, {}],
  ];
  test.each(cases)('%s', async (name, start, options) => {
    const far = await start();
    closings.push(far.close);
    const { failure, check } = await tried(name, { url: far.url, ...options });
    expect(failure).toBeUndefined();
    expect(check.ok).toBe(true);
    expect(check.latencyMs).toBeGreaterThanOrEqual(0);
  });

  test.each(['piper-http-tts', 'piper-wyoming-tts'] as const)(
    '%s tells that a voice is missing, which its server does not',
    async (name) => {
      const far = name === 'piper-http-tts' ? await startPiperDouble() : await startWyomingDouble();
      closings.push(far.close);
      const { failure, check } = await tried(name, { url: far.url, voice: 'fr_FR-siwis-medium' });
      expect(failure).toBeUndefined();
      expect(check).toMatchObject({ ok: false, message: expect.stringContaining('PIPER_VOICE') as string });
    },
  );
});

describe('a language model is asked what a call will ask', () => {
  const noTools = ({ tools }: ChatBody) =>
    tools === undefined ? undefined : { status: 400, says: 'this model does not support tools' };

  test('streamed, with a system text, a greeting and a tool', async () => {
    const far = await startOpenRouterDouble();
    closings.push(far.close);
    const { check } = await tried('openai-compatible-llm', { url: far.url, ...llama });
    expect(check.ok).toBe(true);
    expect(far.requests.some(({ stream, tools }) => stream === true && Array.isArray(tools))).toBe(true);
    expect(far.requests.find(({ tools }) => tools)?.messages.map(({ role }) => role)).toEqual([
      'system',
      'assistant',
      'user',
    ]);
  });

  test('one that takes no tools is told', async () => {
    const far = await startOpenRouterDouble({ check: noTools });
    closings.push(far.close);
    const { check } = await tried('openai-compatible-llm', { url: far.url, ...llama });
    expect(check).toMatchObject({ ok: true, message: expect.stringContaining('takes no tools') as string });
  });

  test('one that says nothing cannot be used', async () => {
    const far = await startOpenRouterDouble({ reply: '...' });
    closings.push(far.close);
    const { check } = await tried('openai-compatible-llm', { url: far.url, ...llama });
    expect(check).toMatchObject({ ok: false, message: expect.stringContaining('no words') as string });
  });

  test('a prompt that does not fit the context of Ollama is told with both numbers, at load and in the call', async () => {
    const far = await startOllamaDouble();
    closings.push(far.close);
    const context = contextForTest();
    const chosen = ollamaLlm.options.parse({ url: far.url, ...llama, numCtx: 4096 });
    const long = ollamaLlm.create(chosen, { ...context, promptTokens: 10_000 });
    await long.aclose();
    expect(context.logs.join()).toMatch(/about 10000 tokens long and the context holds 4096/);
    context.logs.length = 0;
    const model = ollamaLlm.create(chosen, context);
    const chat = chatForTest('word '.repeat(8_000));
    for (let turn = 0; turn < 2; turn += 1) await model.chat({ chatCtx: chat }).collect();
    await model.aclose();
    expect(context.logs.filter((line) => line.includes('the context holds 4096'))).toHaveLength(1);
  });
});
