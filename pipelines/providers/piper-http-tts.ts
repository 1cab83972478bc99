import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import type { Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { networkFailure } from '../failure.ts';
import { firstSound } from '../fallback/first-sound.ts';
import { parsed } from '../wire/parsed.ts';
import { request } from '../wire/request.ts';
import { sentenceRequests } from '../wire/sentence-requests.ts';
import { timedCheck } from '../wire/timed-check.ts';
import { type SpeakRequest, type Spoken, Voice } from '../wire/voice.ts';
import { wavFrames } from '../wire/wav.ts';

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
  check: (chosen, { timeoutMs }) =>
    timedCheck(
      timeoutMs,
      (signal) => tryVoice(chosen, timeoutMs, signal),
      (error) => networkFailure(error, whereOf(chosen.url)),
    ),
} as const satisfies Provider<'tts', typeof options>;

const source = { provider: name, cure: 'Correct PIPER_URL, or take another voice: PIPER_VOICE.' };

class PiperHttpVoice extends Voice {
  readonly #options: Options;
  #route: Exclude<Options['route'], 'auto'>;

  constructor(chosen: Options) {
    super({ label: name, model: chosen.voice ?? 'default', provider: 'piper' }, 22_050);
    this.#options = chosen;
    this.#route = chosen.route === 'auto' ? 'synthesize' : chosen.route;
  }

  speak(asked: SpeakRequest): AsyncGenerator<Spoken> {
    const synthesize = (text: string, signal: AbortSignal) => this.#synthesize(text, signal);
    return sentenceRequests({ ...this.#options, provider: name, setting: 'PIPER_URL', request: asked, synthesize });
  }

  async *#synthesize(text: string, signal: AbortSignal): AsyncGenerator<AudioFrame> {
    yield* wavFrames(await this.#request(text, signal), source);
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
  return request(new URL(route === 'synthesize' ? '/synthesize' : '/', url), whereOf(url), {
    method: 'POST',
    headers: { 'Content-Type': route === 'text' ? 'text/plain' : 'application/json' },
    body: route === 'text' ? text : JSON.stringify(body),
    signal,
  });
}

const whereOf = (url: string) => ({ provider: name, url, setting: 'PIPER_URL' });

/** Asks which voices there are, then has one word spoken. */
async function tryVoice(chosen: Options, timeoutMs: number, signal: AbortSignal): Promise<string> {
  if (chosen.voice) await checkVoice(chosen.url, chosen.voice, signal);
  const rateHz = await firstSound(new PiperHttpVoice(chosen), { setting: 'PIPER_URL', timeoutMs });
  return `The voice speaks at ${rateHz} Hz.`;
}

/** An old server has no list of voices: then nothing can be said about them. */
async function checkVoice(url: string, voice: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(new URL('/voices', url), { signal });
  if (!response.ok) {
    await response.body?.cancel();
    return;
  }
  const list = z.record(z.string(), z.unknown());
  const voices = Object.keys(parsed(list, await response.text(), { provider: name, setting: 'PIPER_URL' }));
  if (!voices.includes(voice))
    throw new ProviderError(
      'voice_not_found',
      name,
      `the server has no voice ${voice}, but ${voices.join(', ')}. Correct PIPER_VOICE.`,
    );
}
