import { afterEach, describe, expect, test } from 'vitest';
import type { ProviderName } from '../../pipelines/index.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startFluxDouble } from '../fakes/deepgram-flux-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startOllamaDouble } from '../fakes/ollama-double.ts';
import { startSpeechServerDouble } from '../fakes/openai-compatible-double.ts';
import { startOpenRouterDouble } from '../fakes/openrouter-double.ts';
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
