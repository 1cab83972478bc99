import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import { billMarks } from '../wire/bill-marks.ts';
import type { BuildContext, CheckResult, Provider } from '../contract.ts';
import { deepgramRefusal } from '../wire/deepgram-api.ts';
import { networkFailure } from '../failure.ts';
import { FrameCutter } from '../wire/pcm.ts';
import { sentenceRequests } from '../wire/sentence-requests.ts';
import { type SpeakRequest, type Spoken, Voice } from '../wire/voice.ts';

const name = 'deepgram-tts';

const options = z.strictObject({
  /** Key of the Deepgram project. */
  apiKey: z.string(),
  /** Model and voice in one. */
  model: z.string().default('aura-2-thalia-en'),
  /** Address of Deepgram or of a server that speaks its protocol. */
  url: z.url(),
  /** Sentences of one answer that are asked for at once. */
  concurrency: z.number().int().min(1).max(8).default(2),
  /** Milliseconds from a sentence to its sound. */
  audioTimeoutMs: z.number().int().min(100).default(1_500),
});
type Options = z.output<typeof options>;

const settings = { provider: name, urlSetting: 'DEEPGRAM_TTS_URL', modelSetting: 'the option model' };

/** Deepgram's voices, one streamed request of `/v1/speak` per sentence. */
export const deepgramTts = {
  name,
  role: 'tts',
  title: 'Deepgram Aura-2',
  hosting: 'cloud',
  options,
  priceUnit: 'character',
  requires: ['apiKey', 'url'],
  create: (chosen, context) => new DeepgramVoice(chosen, context),
  check,
} as const satisfies Provider<'tts', typeof options>;

const rateHz = 16_000;
const source = { provider: name, cure: 'Correct DEEPGRAM_TTS_URL: its server must send linear16 without a container.' };

class DeepgramVoice extends Voice {
  readonly label = name;
  readonly #options: Options;
  readonly #context: BuildContext;

  constructor(chosen: Options, context: BuildContext) {
    super(rateHz);
    this.#options = chosen;
    this.#context = context;
  }

  override get model(): string {
    return this.#options.model;
  }

  override get provider(): string {
    return 'deepgram';
  }

  async *speak(request: SpeakRequest): AsyncGenerator<Spoken> {
    const { concurrency, audioTimeoutMs } = this.#options;
    let characters = 0;
    const synthesize = (text: string, signal: AbortSignal) => {
      characters += text.length;
      return this.#synthesize(text, signal);
    };
    try {
      yield* sentenceRequests({
        provider: name,
        setting: settings.urlSetting,
        request,
        concurrency,
        audioTimeoutMs,
        synthesize,
      });
    } finally {
      const use = { role: 'tts', provider: name, model: this.model, quantity: characters, unit: 'character' } as const;
      if (characters > 0) this.#context.onUsage?.({ ...use, requestId: request.requestId, ...billMarks(request) });
    }
  }

  async *#synthesize(text: string, signal: AbortSignal): AsyncGenerator<AudioFrame> {
    const cutter = new FrameCutter(rateHz, source);
    const response = await post(this.#options, text, signal);
    for await (const bytes of response.body ?? []) yield* cutter.push(bytes);
    yield* cutter.flush();
  }
}

/** @throws ProviderError */
async function post({ url, apiKey, model }: Options, text: string, signal: AbortSignal): Promise<Response> {
  const address = new URL('/v1/speak', url.replace(/^ws/, 'http'));
  const query = { model, encoding: 'linear16', sample_rate: String(rateHz), container: 'none' };
  address.search = new URLSearchParams(query).toString();
  const response = await fetch(address, {
    method: 'POST',
    headers: { Authorization: `Token ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw networkFailure(error, { provider: name, url: address.href, setting: settings.urlSetting });
  });
  if (response.ok) return response;
  const { status, headers } = response;
  throw deepgramRefusal(settings, { status, headers: Object.fromEntries(headers), body: await response.text() });
}

/** Asks which project the key belongs to and which voices there are, which costs nothing. */
async function check({ url, apiKey, model }: Options, { timeoutMs }: { timeoutMs: number }): Promise<CheckResult> {
  const started = performance.now();
  const latencyMs = () => Math.round(performance.now() - started);
  const address = url.replace(/^ws/, 'http');
  const signal = AbortSignal.timeout(timeoutMs);
  const ask = (path: string) =>
    fetch(new URL(path, address), { headers: { Authorization: `Token ${apiKey}` }, signal });
  try {
    const [projects, models] = await Promise.all([ask('/v1/projects'), ask('/v1/models')]);
    const [body, list] = await Promise.all([projects.text(), models.text()]);
    const { status, headers } = projects;
    // A key may be allowed to speak, but not to look at projects.
    if (!projects.ok && status !== 403)
      throw deepgramRefusal(settings, { status, headers: Object.fromEntries(headers), body });
    // Where there is no list, nothing can be said about the model.
    if (models.ok && !list.includes(`"${model}"`))
      throw deepgramRefusal(settings, {
        status: 400,
        headers: {},
        body: `{"err_msg":"no model ${model} in the list"}`,
      });
    return { ok: true, latencyMs: latencyMs(), message: `The key is valid and ${model} is served.` };
  } catch (error) {
    const failure = networkFailure(error, { provider: name, url: address, setting: settings.urlSetting });
    return { ok: false, latencyMs: latencyMs(), message: failure.message };
  }
}
