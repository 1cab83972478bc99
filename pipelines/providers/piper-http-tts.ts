import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import type { CheckResult, Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { networkFailure } from '../failure.ts';
import { firstSound } from '../fallback/first-sound.ts';
import { FrameCutter } from '../wire/pcm.ts';
import { sentenceRequests } from '../wire/sentence-requests.ts';
import { type SpeakRequest, type Spoken, Voice } from '../wire/voice.ts';
import { WavReader } from '../wire/wav.ts';

const name = 'piper-http-tts';

const options = z.strictObject({
  /** Address of the server, without a path. */
  url: z.url({ protocol: /^https?$/ }),
  /** A voice of the server; an unknown one is spoken by its default voice, which `parley check` tells. */
  voice: z.string().optional(),
  /** A speaker of a voice that has several, by name or number. */
  speaker: z.union([z.string(), z.number().int()]).optional(),
  /** 0.5–2: above 1 is slower. */
  lengthScale: z.number().min(0.5).max(2).optional(),
  noiseScale: z.number().min(0).max(2).optional(),
  noiseWScale: z.number().min(0).max(2).optional(),
  /**
   * Where text goes: `synthesize` since server 1.5, `root` before, `text` for the archived server, which would read JSON
   * aloud. `auto` tries the first two.
   */
  route: z.enum(['auto', 'synthesize', 'root', 'text']).default('auto'),
  /** Sentences of one answer that are asked for at once. */
  concurrency: z.number().int().min(1).max(8).default(2),
  /** Milliseconds from a sentence to its sound. */
  audioTimeoutMs: z.number().int().min(100).default(3_000),
});
type Options = z.output<typeof options>;

/** The HTTP server of Piper: one sentence per request, and the rate of the sound is told in its WAV header. */
export const piperHttpTts = {
  name,
  role: 'tts',
  title: 'Piper over HTTP',
  hosting: 'lan',
  options,
  priceUnit: 'none',
  requires: ['url'],
  create: (chosen) => new PiperHttpVoice(chosen),
  check,
} as const satisfies Provider<'tts', typeof options>;

const source = { provider: name, cure: 'Correct PIPER_URL, or take another voice: PIPER_VOICE.' };

class PiperHttpVoice extends Voice {
  readonly label = name;
  readonly #options: Options;
  #route: Exclude<Options['route'], 'auto'>;

  constructor(chosen: Options) {
    super(22_050);
    this.#options = chosen;
    this.#route = chosen.route === 'auto' ? 'synthesize' : chosen.route;
  }

  override get model(): string {
    return this.#options.voice ?? 'default';
  }

  override get provider(): string {
    return 'piper';
  }

  speak(request: SpeakRequest): AsyncGenerator<Spoken> {
    const { concurrency, audioTimeoutMs } = this.#options;
    const synthesize = (text: string, signal: AbortSignal) => this.#synthesize(text, signal);
    return sentenceRequests({ provider: name, setting: 'PIPER_URL', request, concurrency, audioTimeoutMs, synthesize });
  }

  async *#synthesize(text: string, signal: AbortSignal): AsyncGenerator<AudioFrame> {
    const wav = new WavReader(source);
    let cutter: FrameCutter | undefined;
    for await (const bytes of (await this.#request(text, signal)).body ?? []) {
      const samples = wav.push(bytes);
      if (wav.rateHz === undefined) continue;
      cutter ??= new FrameCutter(wav.rateHz);
      yield* cutter.push(samples);
    }
    wav.end();
    yield* cutter?.flush() ?? [];
  }

  async #request(text: string, signal: AbortSignal): Promise<Response> {
    const response = await post(this.#options, { route: this.#route, text, signal });
    const isOlder = response.status === 404 || response.status === 405;
    if (response.ok) return response;
    await response.body?.cancel();
    if (isOlder && this.#options.route === 'auto' && this.#route === 'synthesize') {
      this.#route = 'root';
      return this.#request(text, signal);
    }
    if (isOlder)
      throw new ProviderError('protocol', name, 'no Piper answers there. Correct PIPER_URL, or the option route.');
    // The page that comes with an error tells nothing.
    throw new ProviderError(
      'provider_failed',
      name,
      `the server of PIPER_URL failed (HTTP ${response.status}). Its log says why.`,
    );
  }
}

async function post(
  { url, voice, speaker, lengthScale, noiseScale, noiseWScale }: Options,
  { route, text, signal }: { route: 'synthesize' | 'root' | 'text'; text: string; signal: AbortSignal },
): Promise<Response> {
  const body = {
    text,
    ...(voice && { voice }),
    ...(typeof speaker === 'string' && { speaker }),
    ...(typeof speaker === 'number' && { speaker_id: speaker }),
    ...(lengthScale !== undefined && { length_scale: lengthScale }),
    ...(noiseScale !== undefined && { noise_scale: noiseScale }),
    ...(noiseWScale !== undefined && { noise_w_scale: noiseWScale }),
  };
  const address = new URL(route === 'synthesize' ? '/synthesize' : '/', url);
  try {
    return await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': route === 'text' ? 'text/plain' : 'application/json' },
      body: route === 'text' ? text : JSON.stringify(body),
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw networkFailure(error, { provider: name, url, setting: 'PIPER_URL' });
  }
}

/** Asks which voices there are, then has one word spoken. */
async function check(chosen: Options, { timeoutMs }: { timeoutMs: number }): Promise<CheckResult> {
  const started = performance.now();
  const latencyMs = () => Math.round(performance.now() - started);
  try {
    if (chosen.voice) await checkVoice(chosen.url, chosen.voice, AbortSignal.timeout(timeoutMs));
    const rateHz = await firstSound(new PiperHttpVoice(chosen), { setting: 'PIPER_URL', timeoutMs });
    return { ok: true, latencyMs: latencyMs(), message: `The voice speaks at ${rateHz} Hz.` };
  } catch (error) {
    const failure = networkFailure(error, { provider: name, url: chosen.url, setting: 'PIPER_URL' });
    return { ok: false, latencyMs: latencyMs(), message: failure.message };
  }
}

/** An old server has no list of voices: then nothing can be said about them. */
async function checkVoice(url: string, voice: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(new URL('/voices', url), { signal });
  if (!response.ok) {
    await response.body?.cancel();
    return;
  }
  const voices = Object.keys((await response.json()) as Record<string, unknown>);
  if (!voices.includes(voice))
    throw new ProviderError(
      'voice_not_found',
      name,
      `the server has no voice ${voice}, but ${voices.join(', ')}. Correct PIPER_VOICE.`,
    );
}
