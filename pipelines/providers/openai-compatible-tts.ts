import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import type { CheckResult, Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { networkFailure, waiting } from '../failure.ts';
import { FrameCutter } from '../pcm.ts';
import { sentenceRequests } from '../sentence-requests.ts';
import { type SpeakRequest, type Spoken, Voice } from '../voice.ts';
import { WavReader } from '../wav.ts';

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
    return sentenceRequests({ provider: name, request, concurrency, audioTimeoutMs, synthesize });
  }

  async *#synthesize(text: string, signal: AbortSignal): AsyncGenerator<AudioFrame> {
    const { format, pcmRateHz } = this.#options;
    const response = await post(this.#options, text, signal);
    // Some servers send another rate than OpenAI's and say so, as in `audio/pcm;rate=22050`.
    const told = Number(/rate=(\d+)/.exec(response.headers.get('content-type') ?? '')?.[1]);
    const wav = new WavReader(name);
    let cutter = format === 'pcm' ? new FrameCutter(told || pcmRateHz) : undefined;
    for await (const bytes of response.body ?? []) {
      const samples = format === 'pcm' ? bytes : wav.push(bytes);
      if (wav.rateHz !== undefined) cutter ??= new FrameCutter(wav.rateHz);
      yield* cutter?.push(samples) ?? [];
    }
    yield* cutter?.flush() ?? [];
  }
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
    throw networkFailure(error, { provider: name, url, setting: 'OPENAI_COMPATIBLE_TTS_URL' });
  });
  if (response.ok) return response;
  // The message stands under `error`, or alone.
  const said = /"message"\s*:\s*"([^"]*)"/.exec(await response.text())?.[1] ?? '';
  const made = (...[code, message]: [ProviderError['code'], string]) =>
    new ProviderError(code, name, message, waiting(response.headers.get('retry-after')));
  if (response.status === 401) throw made('bad_key', 'the key was refused. Set OPENAI_COMPATIBLE_API_KEY.');
  if (response.status === 404 || /model/i.test(said))
    throw made(
      'model_not_found',
      `there is no such model or address (${said}). Correct OPENAI_COMPATIBLE_TTS_URL or the option model.`,
    );
  if (/voice/i.test(said))
    throw made('voice_not_found', `there is no voice ${voice} (${said}). Correct the option voice.`);
  if (response.status === 429) throw made('rate_limited', `the server limits the rate (${said}).`);
  if (response.status < 500) throw made('protocol', `the request was not accepted (${response.status} ${said}).`);
  throw made('provider_failed', `it failed (${response.status} ${said}).`);
}

/** Has one word spoken. */
async function check(chosen: Options, { timeoutMs }: { timeoutMs: number }): Promise<CheckResult> {
  const started = performance.now();
  const latencyMs = () => Math.round(performance.now() - started);
  try {
    const response = await post(chosen, 'Hello.', AbortSignal.timeout(timeoutMs));
    await response.arrayBuffer();
    return { ok: true, latencyMs: latencyMs(), message: `${chosen.voice} speaks.` };
  } catch (error) {
    const failure = networkFailure(error, { provider: name, url: chosen.url, setting: 'OPENAI_COMPATIBLE_TTS_URL' });
    return { ok: false, latencyMs: latencyMs(), message: failure.message };
  }
}
