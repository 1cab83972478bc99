import type { stt } from '@livekit/agents';
import { z } from 'zod';
import type { BuildContext, CheckResult, Provider } from '../contract.ts';
import { networkFailure } from '../failure.ts';
import { openaiAnswer } from '../wire/openai-failure.ts';
import { Transcriber, type TranscribeRequest } from '../wire/transcriber.ts';
import { utteranceRequests } from '../wire/utterance-requests.ts';
import { wavFile } from '../wire/wav.ts';

const name = 'openai-compatible-stt';

const options = z.strictObject({
  /** Address that ends in `/v1`. */
  url: z.url({ protocol: /^https?$/ }),
  model: z.string().default('whisper-1'),
  /** Key, where the server wants one. */
  apiKey: z.string().optional(),
  /** BCP 47; the agent's language where absent. */
  language: z.string().optional(),
  /** Silence that ends an utterance, milliseconds. */
  endSilenceMs: z.number().int().min(100).max(2000).default(220),
  /** Milliseconds in which an utterance must be transcribed. */
  timeoutMs: z.number().int().min(100).default(5_000),
});
type Options = z.output<typeof options>;

/** Any server with `/v1/audio/transcriptions`: whole utterances, found by voice activity, and so no interim results. */
export const openaiCompatibleStt = {
  name,
  role: 'stt',
  title: 'OpenAI-compatible transcription server',
  hosting: 'lan',
  options,
  priceUnit: 'none',
  requires: ['url'],
  create: (chosen, context) => new CompatibleTranscriber(chosen, context),
  check,
} as const satisfies Provider<'stt', typeof options>;

const settings = {
  provider: name,
  keySetting: 'OPENAI_COMPATIBLE_API_KEY',
  urlSetting: 'OPENAI_COMPATIBLE_STT_URL',
  modelSetting: 'the option model',
};
const slow = 'Check the server of OPENAI_COMPATIBLE_STT_URL, or raise the option timeoutMs.';

class CompatibleTranscriber extends Transcriber {
  readonly label = name;
  readonly #options: Options;
  readonly #context: BuildContext;

  constructor(chosen: Options, context: BuildContext) {
    super({ streaming: true, interimResults: false });
    this.#options = chosen;
    this.#context = context;
  }

  override get model(): string {
    return this.#options.model;
  }

  override get provider(): string {
    return new URL(this.#options.url).host;
  }

  transcribe(request: TranscribeRequest): AsyncGenerator<stt.SpeechEvent> {
    const { endSilenceMs, timeoutMs } = this.#options;
    const language = this.#options.language ?? this.#context.language;
    return utteranceRequests({
      provider: name,
      request,
      endSilenceMs,
      timeoutMs,
      cure: slow,
      language,
      transcribe: (frame, signal) => transcript(this.#options, { pcm: frame.data, language, signal }),
    });
  }
}

/** @throws ProviderError */
async function transcript(
  { url, model, apiKey }: Options,
  { pcm, language, signal }: { pcm: Int16Array; language: string; signal: AbortSignal },
): Promise<string> {
  const form = new FormData();
  form.set('file', new File([wavFile(pcm, 16_000)], 'utterance.wav', { type: 'audio/wav' }));
  form.set('model', model);
  form.set('language', language.split('-')[0] ?? 'en');
  form.set('response_format', 'json');
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/audio/transcriptions`, {
      method: 'POST',
      ...(apiKey && { headers: { Authorization: `Bearer ${apiKey}` } }),
      body: form,
      signal,
    });
    if (!response.ok) throw await openaiAnswer(response, { ...settings, url });
    return ((await response.json()) as { text?: string }).text?.trim() ?? '';
  } catch (error) {
    signal.throwIfAborted();
    throw networkFailure(error, { provider: name, url, setting: settings.urlSetting });
  }
}

/** Has half a second of silence transcribed. */
async function check(chosen: Options, { timeoutMs }: { timeoutMs: number }): Promise<CheckResult> {
  const started = performance.now();
  const latencyMs = () => Math.round(performance.now() - started);
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    await transcript(chosen, { pcm: new Int16Array(8_000), language: chosen.language ?? 'en', signal });
    return { ok: true, latencyMs: latencyMs(), message: `${chosen.model} transcribes.` };
  } catch (error) {
    const failure = networkFailure(error, { provider: name, url: chosen.url, setting: settings.urlSetting });
    return { ok: false, latencyMs: latencyMs(), message: failure.message };
  }
}
