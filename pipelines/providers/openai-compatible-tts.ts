import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import type { CheckResult, Provider } from '../contract.ts';
import { networkFailure } from '../failure.ts';
import { firstSound } from '../fallback/first-sound.ts';
import { openaiAnswer } from '../wire/openai-failure.ts';
import { FrameCutter } from '../wire/pcm.ts';
import { playableRateHz } from '../wire/sample-format.ts';
import { sentenceRequests } from '../wire/sentence-requests.ts';
import { type SpeakRequest, type Spoken, Voice } from '../wire/voice.ts';
import { WavReader } from '../wire/wav.ts';

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
  create: (chosen) => new CompatibleVoice(chosen),
  check,
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

class CompatibleVoice extends Voice {
  readonly label = name;
  readonly #options: Options;

  constructor(chosen: Options) {
    super(chosen.pcmRateHz);
    this.#options = chosen;
  }

  override get model(): string {
    return this.#options.model;
  }

  override get provider(): string {
    return new URL(this.#options.url).host;
  }

  speak(request: SpeakRequest): AsyncGenerator<Spoken> {
    const { concurrency, audioTimeoutMs } = this.#options;
    const synthesize = (text: string, signal: AbortSignal) => this.#synthesize(text, signal);
    return sentenceRequests({
      provider: name,
      setting: settings.urlSetting,
      request,
      concurrency,
      audioTimeoutMs,
      synthesize,
    });
  }

  async *#synthesize(text: string, signal: AbortSignal): AsyncGenerator<AudioFrame> {
    const { format, pcmRateHz } = this.#options;
    const response = await post(this.#options, text, signal);
    const wav = new WavReader(source);
    let cutter = format === 'pcm' ? new FrameCutter(pcmRateOf(response, pcmRateHz), source) : undefined;
    for await (const bytes of response.body ?? []) {
      const samples = format === 'pcm' ? bytes : wav.push(bytes);
      if (wav.rateHz !== undefined) cutter ??= new FrameCutter(wav.rateHz);
      yield* cutter?.push(samples) ?? [];
    }
    if (format === 'wav') wav.end();
    yield* cutter?.flush() ?? [];
  }
}

/** Some servers send another rate than OpenAI's, or two channels, and say so, as in `audio/pcm;rate=22050`. */
function pcmRateOf({ headers }: Response, usualHz: number): number {
  const told = (field: string) =>
    Number(new RegExp(`${field}=(\\d+)`).exec(headers.get('content-type') ?? '')?.[1] ?? 0);
  return playableRateHz({ rateHz: told('rate') || usualHz, channels: told('channels') || 1, bits: 16 }, source);
}

/** @throws ProviderError */
async function post(chosen: Options, text: string, signal: AbortSignal): Promise<Response> {
  const { url, model, voice, apiKey, format, speed } = chosen;
  const response = await fetch(`${url.replace(/\/$/, '')}/audio/speech`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(apiKey && { Authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify({ model, input: text, voice, response_format: format, ...(speed !== undefined && { speed }) }),
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw networkFailure(error, { provider: name, url, setting: settings.urlSetting });
  });
  if (response.ok) return response;
  throw await openaiAnswer(response, { ...settings, url });
}

/** Has one word spoken. */
async function check(chosen: Options, { timeoutMs }: { timeoutMs: number }): Promise<CheckResult> {
  const started = performance.now();
  const latencyMs = () => Math.round(performance.now() - started);
  try {
    const rateHz = await firstSound(new CompatibleVoice(chosen), { setting: settings.urlSetting, timeoutMs });
    return { ok: true, latencyMs: latencyMs(), message: `${chosen.voice} speaks at ${rateHz} Hz.` };
  } catch (error) {
    const failure = networkFailure(error, { provider: name, url: chosen.url, setting: settings.urlSetting });
    return { ok: false, latencyMs: latencyMs(), message: failure.message };
  }
}
