import { afterEach, describe, expect, test } from 'vitest';
import { startDeepgramDouble } from '../../fakes/deepgram-double.ts';
import { startFluxDouble } from '../../fakes/deepgram-flux-double.ts';
import { startElevenLabsDouble } from '../../fakes/elevenlabs-double.ts';
import type { Far } from '../failures/failure-matrix.ts';
import { tried } from '../use-for-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

const nowhere = () => Promise.resolve({ url: 'ws://127.0.0.1:9', close: () => Promise.resolve() });
const hanging = () => startDeepgramDouble({ hang: true });
const key = { apiKey: 'key' };
const tooMany = { refuse: { status: 429, code: 'TOO_MANY_REQUESTS', message: 'Slow' } };
const unpaid = { refuse: { status: 402, code: 'PAYMENT_REQUIRED', message: 'Pay' } };

type Name = 'deepgram-plugin-stt' | 'deepgram-plugin-tts' | 'elevenlabs-plugin-tts';
type Case = [Name, what: string, () => Promise<Far>, Record<string, unknown>, code: string, setting: string];

const cases: Case[] = [
  ['deepgram-plugin-stt', 'wrong key', startDeepgramDouble, { apiKey: 'wrong' }, 'bad_key', 'DEEPGRAM_API_KEY'],
  ['deepgram-plugin-stt', 'no credit', () => startDeepgramDouble(unpaid), {}, 'no_credit', 'DEEPGRAM_API_KEY'],
  ['deepgram-plugin-stt', 'limit', () => startDeepgramDouble(tooMany), {}, 'rate_limited', 'PARLEY_MAX_CALLS'],
  ['deepgram-plugin-stt', 'no server', nowhere, {}, 'unreachable', 'DEEPGRAM_URL'],
  ['deepgram-plugin-stt', 'no answer', hanging, { connectTimeoutMs: 300 }, 'timeout', 'DEEPGRAM_URL'],
  ['deepgram-plugin-tts', 'wrong key', startFluxDouble, { apiKey: 'wrong' }, 'bad_key', 'DEEPGRAM_API_KEY'],
  ['deepgram-plugin-tts', 'no credit', () => startFluxDouble(unpaid), {}, 'no_credit', 'DEEPGRAM_API_KEY'],
  ['deepgram-plugin-tts', 'limit', () => startFluxDouble(tooMany), {}, 'rate_limited', 'PARLEY_MAX_CALLS'],
  ['deepgram-plugin-tts', 'no server', nowhere, {}, 'unreachable', 'DEEPGRAM_TTS_URL'],
  ['deepgram-plugin-tts', 'no answer', hanging, { audioTimeoutMs: 300 }, 'timeout', 'DEEPGRAM_TTS_URL'],
  // The plugin says of every refusal only that it could not connect.
  [
    'elevenlabs-plugin-tts',
    'wrong key',
    startElevenLabsDouble,
    { apiKey: 'wrong' },
    'unreachable',
    'ELEVENLABS_API_KEY',
  ],
  [
    'elevenlabs-plugin-tts',
    'voice',
    startElevenLabsDouble,
    { voiceId: 'unknown' },
    'unreachable',
    'ELEVENLABS_VOICE_ID',
  ],
  ['elevenlabs-plugin-tts', 'no server', nowhere, {}, 'unreachable', 'ELEVENLABS_URL'],
  ['elevenlabs-plugin-tts', 'no answer', hanging, { audioTimeoutMs: 300 }, 'timeout', 'ELEVENLABS_URL'],
];

describe('a plugin that cannot be used names the setting, and another provider serves', () => {
  test.each(cases)('%s: %s', async (name, _what, start, options, code, setting) => {
    const { url, close } = await start();
    closings.push(close);
    const { failure, servedByStandIn, check } = await tried(name, { url, ...key, ...options });
    expect(failure).toMatchObject({ name: 'ProviderError', provider: name, code });
    expect(failure?.message).toMatch(new RegExp(`^${name}: [^\n]{10,300}$`));
    expect(failure?.message).toContain(setting);
    expect(failure?.message).not.toMatch(/"key"/);
    expect(servedByStandIn).toBe(true);
    if (!check.ok) expect(check.message).toMatch(new RegExp(`^${name}: `));
  });
});
