import { afterEach, describe, expect, test } from 'vitest';
import type { ProviderError, ProviderName } from '../../pipelines/index.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startFluxDouble } from '../fakes/deepgram-flux-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startOllamaDouble } from '../fakes/ollama-double.ts';
import { startSpeechServerDouble } from '../fakes/openai-compatible-double.ts';
import { startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { startPiperDouble } from '../fakes/piper-double.ts';
import { startWhisperLiveDouble } from '../fakes/whisperlive-double.ts';
import { startWhisperLiveKitDouble } from '../fakes/whisperlivekit-double.ts';
import { tried } from './use-for-test.ts';

type Far = { url: string; close: () => Promise<void> };
const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

const key = { apiKey: 'key' };
const wrong = { apiKey: 'wrong' };
const llama = { model: 'llama3.1:8b' };

describe('a provider that cannot be used says so, names the setting and tells what to do', () => {
  const cases: [string, ProviderName, () => Promise<Far>, Record<string, unknown>, ProviderError['code'], RegExp][] = [
    ['wrong key', 'deepgram-stt', startDeepgramDouble, wrong, 'bad_key', /DEEPGRAM_API_KEY/],
    ['wrong key', 'deepgram-flux-stt', startFluxDouble, wrong, 'bad_key', /DEEPGRAM_API_KEY/],
    ['wrong key', 'deepgram-tts', startFluxDouble, wrong, 'bad_key', /DEEPGRAM_API_KEY/],
    ['wrong key', 'openrouter-llm', startOpenRouterDouble, wrong, 'bad_key', /OPENROUTER_API_KEY/],
    ['wrong key', 'elevenlabs-tts', startElevenLabsDouble, wrong, 'bad_key', /ELEVENLABS_API_KEY/],
    [
      'wrong key',
      'openai-compatible-llm',
      startOpenRouterDouble,
      { ...wrong, model: 'm' },
      'bad_key',
      /OPENAI_COMPATIBLE_API_KEY/,
    ],
    ['wrong key', 'openai-compatible-stt', startSpeechServerDouble, wrong, 'bad_key', /OPENAI_COMPATIBLE_API_KEY/],
    ['wrong key', 'openai-compatible-tts', startSpeechServerDouble, wrong, 'bad_key', /OPENAI_COMPATIBLE_API_KEY/],
    ['wrong key', 'whisperlive-stt', () => startWhisperLiveDouble({ apiKey: 'right' }), wrong, 'bad_key', /--api_key/],
    [
      'wrong key',
      'whisperlivekit-stt',
      () => startWhisperLiveKitDouble({ token: 'right' }),
      wrong,
      'bad_key',
      /--api-token/,
    ],
    [
      'unknown model',
      'deepgram-stt',
      startDeepgramDouble,
      { ...key, model: 'unknown' },
      'model_not_found',
      /DEEPGRAM_MODEL/,
    ],
    [
      'unknown model',
      'openrouter-llm',
      startOpenRouterDouble,
      { ...key, model: 'nobody/unknown' },
      'model_not_found',
      /OPENROUTER_MODEL/,
    ],
    ['unknown model', 'ollama-llm', startOllamaDouble, { model: 'unknown' }, 'model_not_found', /ollama pull unknown/],
    [
      'unknown model',
      'openai-compatible-tts',
      startSpeechServerDouble,
      { model: 'unknown' },
      'model_not_found',
      /option model/,
    ],
    [
      'unknown model',
      'openai-compatible-stt',
      startSpeechServerDouble,
      { model: 'unknown' },
      'model_not_found',
      /option model/,
    ],
    [
      'model that does not load',
      'whisperlive-stt',
      () => startWhisperLiveDouble({ error: 'Failed to load model: huge' }),
      {},
      'model_not_found',
      /WHISPERLIVE_MODEL/,
    ],
    [
      'unknown voice',
      'elevenlabs-tts',
      startElevenLabsDouble,
      { ...key, voiceId: 'unknown' },
      'voice_not_found',
      /ELEVENLABS_VOICE_ID/,
    ],
    [
      'unknown voice',
      'openai-compatible-tts',
      startSpeechServerDouble,
      { voice: 'unknown' },
      'voice_not_found',
      /option voice/,
    ],
    [
      'no credit',
      'deepgram-stt',
      () => startDeepgramDouble({ refuse: { status: 402, code: 'ASR_PAYMENT_REQUIRED', message: 'Pay' } }),
      key,
      'no_credit',
      /credit/,
    ],
    [
      'used-up quota',
      'elevenlabs-tts',
      () => startElevenLabsDouble({ refuse: { status: 401, detail: { status: 'quota_exceeded', message: 'over' } } }),
      key,
      'quota_exceeded',
      /quota/,
    ],
    [
      'no credit',
      'deepgram-flux-stt',
      () => startFluxDouble({ refuse: { status: 402, code: 'ASR_PAYMENT_REQUIRED', message: 'Pay' } }),
      key,
      'no_credit',
      /credit/,
    ],
    [
      'a subscription that is too small',
      'elevenlabs-tts',
      () =>
        startElevenLabsDouble({
          refuse: { status: 401, detail: { status: 'only_for_creator', message: 'Only for creators' } },
        }),
      key,
      'no_credit',
      /subscription/,
    ],
    [
      'unknown model',
      'openai-compatible-llm',
      startOpenRouterDouble,
      { model: 'nobody/unknown' },
      'model_not_found',
      /OPENAI_COMPATIBLE_LLM_MODEL/,
    ],
    [
      'full server',
      'elevenlabs-tts',
      () =>
        startElevenLabsDouble({
          refuse: { status: 429, detail: { status: 'too_many_concurrent_requests', message: 'Slow' } },
        }),
      key,
      'server_full',
      /fewer calls at once/,
    ],
    [
      'full server',
      'whisperlive-stt',
      () => startWhisperLiveDouble({ waitMinutes: 3.4 }),
      {},
      'server_full',
      /3\.4 minutes.*--max_clients/,
    ],
    [
      'full server',
      'ollama-llm',
      () => startOllamaDouble({ refuse: { status: 503, error: 'server busy' } }),
      llama,
      'server_full',
      /OLLAMA_NUM_PARALLEL/,
    ],
    [
      'wrong sample format',
      'whisperlivekit-stt',
      () => startWhisperLiveKitDouble({ takesSamples: false }),
      {},
      'bad_audio_format',
      /--pcm-input/,
    ],
    [
      'unknown language',
      'whisperlivekit-stt',
      startWhisperLiveKitDouble,
      { language: 'xx' },
      'provider_failed',
      /Unsupported language/,
    ],
    [
      'failing server',
      'piper-http-tts',
      () => startPiperDouble({ failWith: 500 }),
      {},
      'provider_failed',
      /its log says why/,
    ],
  ];
  test.each(cases)('%s: %s', async (_what, name, start, options, code, says) => {
    const far = await start();
    closings.push(far.close);
    const { failure, check } = await tried(name, { url: far.url, ...options });
    expect(failure).toMatchObject({ name: 'ProviderError', provider: name, code });
    expect(failure?.message).toMatch(says);
    expect(failure?.message).not.toMatch(/wrong|"key"/);
    expect(check.ok).toBe(false);
    expect(check.message).toMatch(code === 'model_not_found' ? /model/ : says);
  });

  test.each([
    ['openrouter-llm', () => startOpenRouterDouble({ refuse: { status: 402 } })],
    ['deepgram-tts', () => startFluxDouble({ refuse: { status: 402, code: 'PAYMENT_REQUIRED', message: 'Pay' } })],
  ] as [ProviderName, () => Promise<Far>][])('%s: no credit, which a free check does not show', async (name, start) => {
    const far = await start();
    closings.push(far.close);
    const { failure } = await tried(name, { url: far.url, ...key });
    expect(failure).toMatchObject({ code: 'no_credit', message: expect.stringContaining('Add credit') as string });
  });

  test.each([
    [
      'deepgram-stt',
      () =>
        startDeepgramDouble({
          refuse: { status: 429, code: 'TOO_MANY_REQUESTS', message: 'Slow', headers: { 'Retry-After': '9' } },
        }),
    ],
    ['openrouter-llm', () => startOpenRouterDouble({ refuse: { status: 429, headers: { 'Retry-After': '9' } } })],
    [
      'elevenlabs-tts',
      () =>
        startElevenLabsDouble({
          refuse: { status: 429, detail: { status: 'system_busy', message: '' }, headers: { 'Retry-After': '9' } },
        }),
    ],
    ...(['deepgram-flux-stt', 'deepgram-tts'] as const).map((name) => [
      name,
      () =>
        startFluxDouble({
          refuse: { status: 429, code: 'TOO_MANY_REQUESTS', message: 'Slow', headers: { 'Retry-After': '9' } },
        }),
    ]),
    [
      'openai-compatible-llm',
      () => startOpenRouterDouble({ refuse: { status: 429, headers: { 'Retry-After': '9' } } }),
    ],
    [
      'openai-compatible-stt',
      () =>
        startSpeechServerDouble({
          refuse: { status: 429, body: { message: 'slow' }, headers: { 'Retry-After': '9' } },
        }),
    ],
    [
      'openai-compatible-tts',
      () =>
        startSpeechServerDouble({
          refuse: { status: 429, body: { message: 'slow' }, headers: { 'Retry-After': '9' } },
        }),
    ],
  ] as [ProviderName, () => Promise<Far>][])('%s waits as long as it was asked to', async (name, start) => {
    const far = await start();
    closings.push(far.close);
    const { failure } = await tried(name, {
      url: far.url,
      ...(name === 'openai-compatible-llm' ? llama : name.startsWith('openai') ? {} : key),
    });
    expect(failure).toMatchObject({ code: 'rate_limited', retryable: true, retryAfterSeconds: 9 });
  });
});
