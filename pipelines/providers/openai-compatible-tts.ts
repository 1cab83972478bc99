import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import type { Provider } from '../contract.ts';
import { networkFailure } from '../failure.ts';
import { firstSound } from '../fallback/first-sound.ts';
import { openaiAnswer } from '../wire/openai-failure.ts';
import { FrameCutter } from '../wire/pcm.ts';
import { request } from '../wire/request.ts';
import { playableRateHz } from '../wire/sample-format.ts';
import { sentenceRequests } from '../wire/sentence-requests.ts';
import { timedCheck } from '../wire/timed-check.ts';
import { type SpeakRequest, Voice } from '../wire/voice.ts';
import { wavFrames } from '../wire/wav.ts';

const name = 'openai-compatible-tts';

const options = z.strictObject({
  /** Address that ends in `/v1`. */
  url: z.url({ protocol: /^https?$/ }),
  model: z.string().default('tts-1'),
  voice: z.string().default('alloy'),
  /** Key, where the server wants one. */
  apiKey: z.string().optional(),
  /** `pcm` starts sooner; `wav` tells its rate. */
  format: z.enum(['pcm', 'wav']).default('pcm'),
  /** Rate of `pcm`, Hz, where the server does not tell it. */
  pcmRateHz: z.number().int().min(8_000).max(48_000).default(24_000),
  /** 0.25–4. */
  speed: z.number().min(0.25).max(4).optional(),
  /** Sentences of one answer that are asked for at once. */
  concurrency: z.number().int().min(1).max(8).default(2),
  /** Milliseconds from a sentence to its sound. */
  audioTimeoutMs: z.number().int().min(100).default(4_000),
});
type Options = z.output<typeof options>;

/** Any server with `/v1/audio/speech`: Kokoro, openedai-speech and others. */
export const openaiCompatibleTts = {
  name,
  role: 'tts',
  title: 'OpenAI-compatible speech server',
  hosting: 'lan',
  options,
  priceUnit: 'none',
  requires: ['url'],
  create: voice,
  check: (chosen, { timeoutMs }) =>
    timedCheck(
      timeoutMs,
      async () => {
        const rateHz = await firstSound(voice(chosen), { setting: settings.urlSetting, timeoutMs });
        return `${chosen.voice} speaks at ${rateHz} Hz.`;
      },
      (error) => networkFailure(error, whereOf(chosen.url)),
    ),
} as const satisfies Provider<'tts', typeof options>;

const settings = {
  provider: name,
  keySetting: 'OPENAI_COMPATIBLE_API_KEY',
  urlSetting: 'OPENAI_COMPATIBLE_TTS_URL',
  modelSetting: 'the option model',
  voiceSetting: 'the option voice',
};
const source = {
  provider: name,
  cure: 'Set the option format to what the server of OPENAI_COMPATIBLE_TTS_URL can do, pcm or wav, or take another server.',
};

function voice(chosen: Options): Voice {
  const { url, model, pcmRateHz } = chosen;
  const synthesize = (text: string, signal: AbortSignal) => sound(chosen, text, signal);
  const speak = (asked: SpeakRequest) =>
    sentenceRequests({ ...chosen, provider: name, setting: settings.urlSetting, request: asked, synthesize });
  return Voice.of({ label: name, model, provider: new URL(url).host }, speak, pcmRateHz);
}

/** @throws ProviderError */
async function* sound(chosen: Options, text: string, signal: AbortSignal): AsyncGenerator<AudioFrame> {
  const { url, model, voice: speaker, apiKey, format, speed, pcmRateHz } = chosen;
  const asked = { model, input: text, voice: speaker, response_format: format, ...(speed !== undefined && { speed }) };
  const response = await request(`${url.replace(/\/$/, '')}/audio/speech`, whereOf(url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(apiKey && { Authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify(asked),
    signal,
  });
  if (!response.ok) throw await openaiAnswer(response, { ...settings, url });
  if (format === 'wav') return yield* wavFrames(response, source);
  const cutter = new FrameCutter(pcmRateOf(response, pcmRateHz), source);
  for await (const bytes of response.body ?? []) yield* cutter.push(bytes);
  yield* cutter.flush();
}

const whereOf = (url: string) => ({ provider: name, url, setting: settings.urlSetting });

/** Some servers send another rate than OpenAI's, or two channels, and say so, as in `audio/pcm;rate=22050`. */
function pcmRateOf({ headers }: Response, usualHz: number): number {
  const told = (field: string) =>
    Number(new RegExp(`${field}=(\\d+)`).exec(headers.get('content-type') ?? '')?.[1] ?? 0);
  return playableRateHz({ rateHz: told('rate') || usualHz, channels: told('channels') || 1, bits: 16 }, source);
}
