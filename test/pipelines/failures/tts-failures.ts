import { startFluxDouble } from '../../fakes/deepgram-flux-double.ts';
import { startElevenLabsDouble } from '../../fakes/elevenlabs-double.ts';
import { startSpeechServerDouble } from '../../fakes/openai-compatible-double.ts';
import { startPiperDouble } from '../../fakes/piper-double.ts';
import { startWyomingDouble } from '../../fakes/wyoming-double.ts';
import type { Case, Row } from './failure-matrix.ts';

const free = 'Your own server costs nothing.';
const key = { apiKey: 'key' };
const wrongKey = { apiKey: 'wrong' };
const billed = 'It has nothing spoken, which is billed.';
const missingVoice = { voice: 'fr_FR-siwis-medium' };
const defaultVoice = 'The server speaks with its default voice instead, and does not say so.';
/** How files begin that are sent instead of samples. */
const files = { mp3: Buffer.from('fffb90640000', 'hex'), wav: Buffer.from('RIFF\xff\xff\xff\xffWAVEfmt ', 'latin1') };
const elevenLabs = (status: number, detail: Record<string, string>, headers = {}) =>
  startElevenLabsDouble({ refuse: { status, detail, headers } });

const piper = {
  'wrong key': 'The server has no keys.',
  'no credit': free,
  'used-up quota': free,
  'rate limit': 'The server limits nobody.',
  'unknown model': 'A voice is its model.',
  'full server': 'Requests wait in line; one that waits too long is a timeout.',
} as const;
/** Voices of other formats than Piper's. */
const formats = {
  stereo: { channels: 2 },
  '8-bit': { bits: 8 },
  '32-bit float': { bits: 32, tag: 3 },
  compressed: { bits: 4, tag: 17 },
};
const unplayable = (far: Case['far'], setting: string): Case => ({ far, setting, code: 'bad_audio_format' });

export const ttsFailures = {
  'elevenlabs-tts': {
    options: key,
    scheme: 'ws',
    addressSetting: 'ELEVENLABS_URL',
    patience: { connectTimeoutMs: 300 },
    answers: {
      'wrong key': { far: startElevenLabsDouble, options: wrongKey, code: 'bad_key', setting: 'ELEVENLABS_API_KEY' },
      'no credit': [
        { type: 'payment_required', code: 'paid_plan_required', message: 'Free users cannot use library voices' },
        { status: 'only_for_creator', message: 'Only for creators' },
      ].map((detail) => ({
        far: () => elevenLabs(detail.code ? 402 : 401, detail as Record<string, string>),
        code: 'no_credit',
        setting: 'ELEVENLABS_API_KEY',
      })),
      'used-up quota': {
        far: () => elevenLabs(401, { status: 'quota_exceeded', message: 'This request exceeds your quota' }),
        code: 'quota_exceeded',
        setting: 'ELEVENLABS_API_KEY',
      },
      'rate limit': {
        far: () => elevenLabs(429, { status: 'system_busy', message: '' }, { 'Retry-After': '9' }),
        code: 'rate_limited',
        setting: 'ELEVENLABS_API_KEY',
        retryAfterSeconds: 9,
      },
      'unknown model': {
        far: startElevenLabsDouble,
        options: { model: 'unknown' },
        code: 'model_not_found',
        setting: 'option model',
      },
      'unknown voice': {
        far: startElevenLabsDouble,
        options: { voiceId: 'unknown' },
        code: 'voice_not_found',
        setting: 'ELEVENLABS_VOICE_ID',
      },
      'full server': {
        far: () => elevenLabs(429, { status: 'too_many_concurrent_requests', message: 'Slow' }),
        code: 'server_full',
        setting: 'PARLEY_MAX_CALLS',
      },
      'wrong sample format': Object.values(files).map((sound) => ({
        ...unplayable(() => startElevenLabsDouble({ sound }), 'ELEVENLABS_URL'),
        unseenByCheck: billed,
      })),
    },
  },
  'deepgram-tts': {
    options: key,
    scheme: 'ws',
    addressSetting: 'DEEPGRAM_TTS_URL',
    patience: { audioTimeoutMs: 300 },
    answers: {
      'wrong key': { far: startFluxDouble, options: wrongKey, code: 'bad_key', setting: 'DEEPGRAM_API_KEY' },
      'no credit': {
        far: () => startFluxDouble({ refuse: { status: 402, code: 'PAYMENT_REQUIRED', message: 'Pay' } }),
        code: 'no_credit',
        setting: 'DEEPGRAM_API_KEY',
        unseenByCheck: billed,
      },
      'used-up quota': 'Deepgram counts credit, which is 402.',
      'rate limit': {
        far: () =>
          startFluxDouble({
            refuse: { status: 429, code: 'TOO_MANY_REQUESTS', message: 'Slow', headers: { 'Retry-After': '9' } },
          }),
        code: 'rate_limited',
        setting: 'PARLEY_MAX_CALLS',
        retryAfterSeconds: 9,
        unseenByCheck: billed,
      },
      'unknown model': {
        far: startFluxDouble,
        options: { model: 'unknown' },
        code: 'model_not_found',
        setting: 'option model',
      },
      'unknown voice': 'Model and voice are one name.',
      'full server': 'Too many requests are 429.',
      'wrong sample format': Object.values(files).map((sound) => ({
        ...unplayable(() => startFluxDouble({ sound }), 'DEEPGRAM_TTS_URL'),
        unseenByCheck: billed,
      })),
    },
  },
  'piper-http-tts': {
    options: {},
    scheme: 'http',
    addressSetting: 'PIPER_URL',
    patience: { audioTimeoutMs: 300 },
    answers: {
      ...piper,
      'unknown voice': {
        far: startPiperDouble,
        options: missingVoice,
        code: 'voice_not_found',
        setting: 'PIPER_VOICE',
        unseenInCall: defaultVoice,
      },
      'wrong sample format': Object.values(formats).map((header) =>
        unplayable(() => startPiperDouble({ header }), 'PIPER_VOICE'),
      ),
    },
  },
  'piper-wyoming-tts': {
    options: {},
    scheme: 'tcp',
    addressSetting: 'PIPER_URL',
    patience: { audioTimeoutMs: 300 },
    answers: {
      ...piper,
      'unknown voice': {
        far: startWyomingDouble,
        options: missingVoice,
        code: 'voice_not_found',
        setting: 'PIPER_VOICE',
        unseenInCall: defaultVoice,
      },
      'wrong sample format': [
        { start: { width: 4 } },
        { start: { channels: 2 } },
        { start: { rate: 0 } },
        { start: {}, chunk: { width: 1 } },
        // Some servers do not announce a sound, and each piece has to speak for itself.
        { chunk: { width: 4, channels: 2 } },
      ].map((formatOf) => unplayable(() => startWyomingDouble({ formatOf }), 'PIPER_VOICE')),
    },
  },
  'openai-compatible-tts': {
    options: {},
    scheme: 'http',
    addressSetting: 'OPENAI_COMPATIBLE_TTS_URL',
    patience: { audioTimeoutMs: 300 },
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
      'unknown voice': {
        far: startSpeechServerDouble,
        options: { voice: 'unknown' },
        code: 'voice_not_found',
        setting: 'option voice',
      },
      'full server': 'Too many requests are 429.',
      'wrong sample format': [
        ...Object.values(files).map((sound) =>
          unplayable(() => startSpeechServerDouble({ sound }), 'OPENAI_COMPATIBLE_TTS_URL'),
        ),
        unplayable(() => startSpeechServerDouble({ pcmType: 'audio/pcm;rate=24000;channels=2' }), 'option format'),
        ...Object.values(formats).map((header) => ({
          ...unplayable(() => startSpeechServerDouble({ header }), 'OPENAI_COMPATIBLE_TTS_URL'),
          options: { format: 'wav' },
        })),
      ],
    },
  },
} satisfies Record<string, Row>;
