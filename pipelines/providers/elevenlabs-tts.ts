import { z } from 'zod';
import { Attempt } from '../fallback/attempt.ts';
import { billMarks } from '../wire/bill-marks.ts';
import type { BuildContext, Provider } from '../contract.ts';
import { ElevenLabsConnection } from '../wire/elevenlabs-connection.ts';
import { elevenlabsFailure, elevenlabsRefusal } from '../wire/elevenlabs-failure.ts';
import { ProviderError } from '../errors.ts';
import { networkFailure } from '../failure.ts';
import { FrameCutter } from '../wire/pcm.ts';
import { speechChunks } from '../text/speech-chunks.ts';
import { timedCheck } from '../wire/timed-check.ts';
import { type SpeakRequest, type Spoken, Voice } from '../wire/voice.ts';

const name = 'elevenlabs-tts';

const options = z.strictObject({
  /** Key of the ElevenLabs profile. */
  apiKey: z.string(),
  /** Id of a voice of the library or of the account. */
  voiceId: z.string().default('21m00Tcm4TlvDq8ikWAM'),
  model: z.string().default('eleven_flash_v2_5'),
  /** Address of ElevenLabs or of a server that speaks its protocol. */
  url: z.url().default('wss://api.elevenlabs.io'),
  /** 0–1: lively or steady. Absent: the voice's own. */
  stability: z.number().min(0).max(1).optional(),
  /** 0–1: closeness to the recorded voice. Absent: the voice's own. */
  similarityBoost: z.number().min(0).max(1).optional(),
  /** 0.7–1.2. Absent: the voice's own. */
  speed: z.number().min(0.7).max(1.2).optional(),
  /** Milliseconds in which the connection must stand. */
  connectTimeoutMs: z.number().int().min(100).default(1_500),
  /** Milliseconds from a sentence to its first sound, and between two pieces of it. */
  audioTimeoutMs: z.number().int().min(100).default(1_500),
});
type Options = z.output<typeof options>;

/** Streaming synthesis over one socket per call, protocol `multi-stream-input`: each answer is a context of its own. */
export const elevenlabsTts = {
  name,
  role: 'tts',
  title: 'ElevenLabs Flash v2.5',
  hosting: 'cloud',
  options,
  priceUnit: 'character',
  requires: ['apiKey'],
  create: (chosen, context) => new ElevenLabsVoice(chosen, context),
  check: (chosen, { timeoutMs }) =>
    timedCheck(
      timeoutMs,
      (signal) => lookUp(chosen, signal),
      (error) => networkFailure(error, { provider: name, url: httpAddress(chosen), setting: 'ELEVENLABS_URL' }),
    ),
} as const satisfies Provider<'tts', typeof options>;

const rateHz = 16_000;
const source = { provider: name, cure: 'Correct ELEVENLABS_URL: its server must send pcm_16000, as it was asked to.' };
const slow = 'Check the network and ELEVENLABS_URL, or raise the option audioTimeoutMs.';

class ElevenLabsVoice extends Voice {
  readonly #options: Options;
  readonly #context: BuildContext;
  readonly #closing = new AbortController();
  #connection: Promise<ElevenLabsConnection> | undefined;

  constructor(chosen: Options, context: BuildContext) {
    super({ label: name, model: chosen.model, provider: 'elevenlabs' }, rateHz);
    this.#options = chosen;
    this.#context = context;
    this.warm();
  }

  override warm(): void {
    this.#ready().catch(() => undefined);
  }

  async *speak(request: SpeakRequest): AsyncGenerator<Spoken> {
    const { text, signal, requestId, started } = request;
    const attempt = new Attempt(name, signal, slow);
    const cutter = new FrameCutter(rateHz, source);
    const written = { characters: 0, all: false };
    let spoken = 0;
    let connection: ElevenLabsConnection | undefined;
    try {
      do connection = await this.#ready();
      while (!connection.hasRoom);
      const inbox = connection.start(requestId, this.#voiceSettings());
      attempt.signal.addEventListener('abort', () => connection?.leave(requestId), { once: true });
      void this.#write({ connection, requestId, text, attempt, started, written });
      for await (const { audio, alignment } of inbox) {
        spoken += alignment?.chars?.length ?? 0;
        const awaitsMore = written.all || (alignment && spoken < written.characters);
        if (awaitsMore) attempt.expect('further audio', this.#options.audioTimeoutMs);
        else attempt.met();
        for (const frame of cutter.push(Buffer.from(audio ?? '', 'base64')))
          yield { frame, ...(spoken > 0 && { characters: Math.min(spoken, written.characters) }) };
      }
      attempt.signal.throwIfAborted();
      if (!written.all || connection.failure)
        throw (
          connection.failure ??
          new ProviderError(
            'unreachable',
            name,
            'the connection ended in the middle of a sentence. Check the network and ELEVENLABS_URL.',
          )
        );
      for (const frame of cutter.flush()) yield { frame, characters: written.characters };
    } catch (error) {
      if (!signal.aborted) throw attempt.reason(error);
    } finally {
      connection?.leave(requestId);
      attempt.end();
      if (written.characters > 0) this.#report(request, written.characters);
    }
  }

  override async close(): Promise<void> {
    this.#closing.abort();
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
  }

  async #write(job: {
    connection: ElevenLabsConnection;
    requestId: string;
    text: SpeakRequest['text'];
    attempt: Attempt;
    started: () => void;
    written: { characters: number; all: boolean };
  }): Promise<void> {
    const { connection, requestId, attempt, written } = job;
    for await (const { text, end } of speechChunks(job.text)) {
      if (attempt.signal.aborted) return;
      if (written.characters === 0) job.started();
      written.characters = end;
      // The server speaks words that a space has ended.
      connection.say(requestId, /\s$/.test(text) ? text : `${text} `);
      attempt.expect('audio', this.#options.audioTimeoutMs);
    }
    if (attempt.signal.aborted) return;
    written.all = true;
    connection.end(requestId);
    attempt.expect('audio', this.#options.audioTimeoutMs);
  }

  /** The call's connection, or another one while its contexts are taken by answers that were interrupted. */
  async #ready(): Promise<ElevenLabsConnection> {
    for (;;) {
      this.#closing.signal.throwIfAborted();
      const isNew = this.#connection === undefined;
      const pending = (this.#connection ??= this.#open());
      const connection = await pending;
      if (connection.hasRoom) return connection;
      if (this.#connection !== pending) continue;
      connection.retire();
      this.#connection = undefined;
      // A server that ends a new connection at once, as it does for an unknown model, would end the next one, too.
      if (isNew) await connection.throwIfEnded();
    }
  }

  #open(): Promise<ElevenLabsConnection> {
    const { url, voiceId, model, apiKey, connectTimeoutMs } = this.#options;
    const address = new URL(`/v1/text-to-speech/${voiceId}/multi-stream-input`, url.replace(/^http/, 'ws'));
    address.search = new URLSearchParams({
      model_id: model,
      output_format: 'pcm_16000',
      auto_mode: 'true',
      sync_alignment: 'true',
      inactivity_timeout: '180',
      ...this.#languageCode(),
    }).toString();
    const opened = ElevenLabsConnection.open({
      url: address.href,
      apiKey,
      timeoutMs: connectTimeoutMs,
      signal: this.#closing.signal,
    });
    opened.catch(() => {
      if (this.#connection === opened) this.#connection = undefined;
    });
    return opened;
  }

  /** Only the multilingual flash and turbo models take it; the others refuse it. */
  #languageCode(): { language_code?: string } {
    const [language] = this.#context.language.split('-');
    return language && this.#options.model.endsWith('_v2_5') ? { language_code: language } : {};
  }

  #voiceSettings(): Record<string, number> {
    const { stability, similarityBoost, speed } = this.#options;
    return {
      ...(stability !== undefined && { stability }),
      ...(similarityBoost !== undefined && { similarity_boost: similarityBoost }),
      ...(speed !== undefined && { speed }),
    };
  }

  #report(request: SpeakRequest, characters: number): void {
    const use = { role: 'tts', provider: name, model: this.model, quantity: characters, unit: 'character' } as const;
    this.#context.onUsage?.({ ...use, requestId: request.requestId, ...billMarks(request) });
  }
}

const httpAddress = ({ url }: Options) => url.replace(/^ws/, 'http');

/** Asks for the voice and for the models, which costs nothing and needs a valid key. */
async function lookUp(chosen: Options, signal: AbortSignal): Promise<string> {
  const headers = { 'xi-api-key': chosen.apiKey };
  const ask = (path: string) => fetch(new URL(path, httpAddress(chosen)), { headers, signal });
  const [voice, models] = await Promise.all([ask(`/v1/voices/${chosen.voiceId}`), ask('/v1/models')]);
  const [body, list] = await Promise.all([voice.text(), models.text()]);
  if (!voice.ok) throw elevenlabsRefusal(voice.status, body, voice.headers.get('retry-after'));
  // A key may be allowed to speak, but not to list models: then nothing can be said about them.
  if (models.ok && !list.includes(`"${chosen.model}"`))
    throw elevenlabsFailure({ status: 400, code: 'model_not_found', message: chosen.model });
  return 'The key is valid, the voice and the model exist.';
}
