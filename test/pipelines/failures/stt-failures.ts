import { startDeepgramDouble } from '../../fakes/deepgram-double.ts';
import { startFluxDouble } from '../../fakes/deepgram-flux-double.ts';
import { startSpeechServerDouble } from '../../fakes/openai-compatible-double.ts';
import { startWhisperLiveDouble } from '../../fakes/whisperlive-double.ts';
import { startWhisperLiveKitDouble } from '../../fakes/whisperlivekit-double.ts';
import type { Row } from './failure-matrix.ts';

const silent = 'It does not speak.';
const free = 'Your own server costs nothing.';
const key = { apiKey: 'key' };
const wrongKey = { apiKey: 'wrong' };
const noCredit = { status: 402, code: 'ASR_PAYMENT_REQUIRED', message: 'Pay' };
const tooMany = { status: 429, code: 'TOO_MANY_REQUESTS', message: 'Slow', headers: { 'Retry-After': '9' } };
const notAudio = { code: 1008, reason: 'DATA-0000' };

const deepgram = {
  'used-up quota': 'Deepgram counts credit, which is 402.',
  'unknown voice': silent,
  'full server': 'Too many streams are 429.',
} as const;

export const sttFailures = {
  'deepgram-stt': {
    options: key,
    scheme: 'ws',
    addressSetting: 'DEEPGRAM_URL',
    patience: { connectTimeoutMs: 300 },
    answers: {
      ...deepgram,
      'wrong key': { far: startDeepgramDouble, options: wrongKey, code: 'bad_key', setting: 'DEEPGRAM_API_KEY' },
      'no credit': {
        far: () => startDeepgramDouble({ refuse: noCredit }),
        code: 'no_credit',
        setting: 'DEEPGRAM_API_KEY',
      },
      'rate limit': {
        far: () => startDeepgramDouble({ refuse: tooMany }),
        code: 'rate_limited',
        setting: 'PARLEY_MAX_CALLS',
        retryAfterSeconds: 9,
      },
      'unknown model': {
        far: startDeepgramDouble,
        options: { model: 'unknown' },
        code: 'model_not_found',
        setting: 'DEEPGRAM_MODEL',
      },
      'wrong sample format': {
        far: () => startDeepgramDouble({ closeInSpeech: notAudio }),
        code: 'bad_audio_format',
        setting: 'DEEPGRAM_URL',
        unseenByCheck: 'It sends no audio, which is billed.',
      },
    },
  },
  'deepgram-flux-stt': {
    options: key,
    scheme: 'ws',
    addressSetting: 'DEEPGRAM_URL',
    patience: { connectTimeoutMs: 300 },
    answers: {
      ...deepgram,
      'wrong key': { far: startFluxDouble, options: wrongKey, code: 'bad_key', setting: 'DEEPGRAM_API_KEY' },
      'no credit': { far: () => startFluxDouble({ refuse: noCredit }), code: 'no_credit', setting: 'DEEPGRAM_API_KEY' },
      'rate limit': {
        far: () => startFluxDouble({ refuse: tooMany }),
        code: 'rate_limited',
        setting: 'PARLEY_MAX_CALLS',
        retryAfterSeconds: 9,
      },
      'unknown model': {
        far: startFluxDouble,
        options: { model: 'unknown' },
        code: 'model_not_found',
        setting: 'option model',
      },
      'wrong sample format': {
        far: () => startFluxDouble({ closeInSpeech: notAudio }),
        code: 'bad_audio_format',
        setting: 'DEEPGRAM_URL',
        unseenByCheck: 'It sends no audio, which is billed.',
      },
    },
  },
  'whisperlive-stt': {
    options: {},
    scheme: 'ws',
    addressSetting: 'WHISPERLIVE_URL',
    patience: { connectTimeoutMs: 300, readyTimeoutMs: 300 },
    answers: {
      'wrong key': {
        far: () => startWhisperLiveDouble({ apiKey: 'right' }),
        options: wrongKey,
        code: 'bad_key',
        setting: '--api_key',
      },
      'no credit': free,
      'used-up quota': free,
      'rate limit': 'Whoever is one too many is told to wait, which is a full server.',
      'unknown model': {
        far: () => startWhisperLiveDouble({ error: 'Failed to load model: huge' }),
        code: 'model_not_found',
        setting: 'WHISPERLIVE_MODEL',
      },
      'unknown voice': silent,
      'full server': {
        far: () => startWhisperLiveDouble({ waitMinutes: 3.4 }),
        code: 'server_full',
        setting: '--max_clients',
        retryAfterSeconds: 204,
      },
      'wrong sample format':
        'It neither tells nor checks its format; one that hears noise and says nothing is given up as deaf.',
    },
  },
  'whisperlivekit-stt': {
    options: {},
    scheme: 'ws',
    addressSetting: 'WHISPERLIVEKIT_URL',
    patience: { connectTimeoutMs: 300 },
    answers: {
      'wrong key': {
        far: () => startWhisperLiveKitDouble({ token: 'right' }),
        options: wrongKey,
        code: 'bad_key',
        setting: '--api-token',
      },
      'no credit': free,
      'used-up quota': free,
      'rate limit': 'It limits nobody.',
      'unknown model': 'The server is started with its model.',
      'unknown voice': silent,
      'full server': 'It takes everybody; one that falls behind is given up as deaf.',
      'wrong sample format': {
        far: () => startWhisperLiveKitDouble({ takesSamples: false }),
        code: 'bad_audio_format',
        setting: '--pcm-input',
      },
    },
  },
  'openai-compatible-stt': {
    options: {},
    scheme: 'http',
    addressSetting: 'OPENAI_COMPATIBLE_STT_URL',
    patience: { timeoutMs: 300 },
    answers: {
      'wrong key': {
        far: startSpeechServerDouble,
        options: wrongKey,
        code: 'bad_key',
        setting: 'OPENAI_COMPATIBLE_API_KEY',
      },
      'no credit': {
        far: () => startSpeechServerDouble({ refuse: { status: 402, body: { error: { message: 'Pay' } } } }),
        code: 'no_credit',
        setting: 'OPENAI_COMPATIBLE_API_KEY',
      },
      'used-up quota': {
        far: () =>
          startSpeechServerDouble({
            refuse: { status: 429, body: { error: { message: 'You exceeded it', code: 'insufficient_quota' } } },
          }),
        code: 'quota_exceeded',
        setting: 'OPENAI_COMPATIBLE_API_KEY',
      },
      'rate limit': {
        far: () =>
          startSpeechServerDouble({
            refuse: { status: 429, body: { message: 'slow' }, headers: { 'Retry-After': '9' } },
          }),
        code: 'rate_limited',
        setting: 'PARLEY_MAX_CALLS',
        retryAfterSeconds: 9,
      },
      'unknown model': {
        far: startSpeechServerDouble,
        options: { model: 'unknown' },
        code: 'model_not_found',
        setting: 'option model',
      },
      'unknown voice': silent,
      'full server': 'Too many requests are 429.',
      'wrong sample format': ['Unsupported file format wav', 'Audio could not be decoded'].map((message) => ({
        far: () => startSpeechServerDouble({ refuse: { status: 400, body: { error: { message } } } }),
        code: 'bad_audio_format',
        setting: 'OPENAI_COMPATIBLE_STT_URL',
      })),
    },
  },
} satisfies Record<string, Row>;
