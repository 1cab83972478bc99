import { shortuuid, stt } from '@livekit/agents';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { Attempt } from '../fallback/attempt.ts';
import type { BuildContext, Provider } from '../contract.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { checkEngine, requireEngine } from '../engine/require-engine.ts';
import { createUtterances, type Heard, type Utterances } from '../engine/utterances.ts';
import { ProviderError } from '../errors.ts';
import { flush, Transcriber, type TranscribeRequest } from '../wire/transcriber.ts';

const options = z.strictObject({
  /** Silence that ends an utterance, milliseconds. Below the 250 of voice activity, so that its text is there first. */
  endSilenceMs: z.number().int().min(100).max(2000).default(220),
  /** Silence after which the text is worked out, in case the utterance is over, milliseconds. */
  draftSilenceMs: z.number().int().min(30).max(1000).default(90),
  /** Milliseconds between two interim transcripts while the caller speaks; 0 for none. */
  interimEveryMs: z.number().int().min(0).default(500),
  /** Milliseconds until the text of an ended utterance; beyond it the engine counts as stuck. */
  timeoutMs: z.number().int().min(100).default(4_000),
});
type Options = z.output<typeof options>;

/** Moonshine tiny in the engine of this host: English, no key, no network. */
export const moonshineStt = {
  name: 'moonshine-stt',
  role: 'stt',
  title: 'Moonshine tiny, English, on this host',
  hosting: 'embedded',
  options,
  priceUnit: 'none',
  requires: [],
  create: (chosen, context) => transcriber(chosen, context),
  check: (_chosen, { engine, timeoutMs }) =>
    checkEngine('moonshine-stt', { engine, timeoutMs }, async (client, signal) => {
      const { decodeMs } = await client.transcribe(new Int16Array(16_000), { signal });
      return `The model is loaded; a second of audio takes ${Math.round(decodeMs)} ms.`;
    }),
} as const satisfies Provider<'stt', typeof options>;

const language = 'en' as stt.SpeechData['language'];
/** The engine starts again within two seconds, and the audio of an utterance is still here. */
const tries = 3;
const retryAfterMs = 250;

function transcriber(chosen: Options, context: BuildContext): Transcriber {
  const engine = requireEngine(moonshineStt.name, context.engine);
  const identity = { label: moonshineStt.name, model: 'moonshine-tiny-en', provider: 'moonshine' };
  const transcribe = (request: TranscribeRequest) => recognized(request, { engine, options: chosen });
  return Transcriber.of(identity, transcribe, { interimResults: chosen.interimEveryMs > 0 });
}

async function* recognized(
  { audio, signal }: TranscribeRequest,
  parts: { engine: EngineClient; options: Options },
): AsyncGenerator<stt.SpeechEvent> {
  const utterances = createUtterances({ endSilenceMs: parts.options.endSilenceMs });
  const recognition = new Recognition({ ...parts, utterances, signal });
  try {
    for await (const item of audio) {
      for (const heard of item === flush ? utterances.end() : await utterances.hear(item))
        yield* recognition.follow(heard);
      yield* recognition.drafted();
    }
    for (const heard of utterances.end()) yield* recognition.follow(heard);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    recognition.drop();
  }
}

/** A text that is being worked out while the audio goes on. */
type Draft = {
  kind: 'interim' | 'pause';
  text: string | undefined;
  /** Set when the engine did not answer in time, or not at all. */
  failure: unknown;
  isPending: boolean;
  told: boolean;
  done: Promise<unknown>;
  stop: AbortController;
};

/**
 * Turns what is heard into events. A pause starts a draft of the text; if the speaker goes on, the draft is dropped, if
 * not, it is the transcript, and it was ready before the utterance counted as over.
 */
class Recognition {
  readonly #engine: EngineClient;
  readonly #options: Options;
  readonly #utterances: Utterances;
  readonly #signal: AbortSignal;
  #requestId = '';
  #draft: Draft | undefined;
  #draftedMs = 0;
  #said = '';

  constructor(parts: { engine: EngineClient; options: Options; utterances: Utterances; signal: AbortSignal }) {
    this.#engine = parts.engine;
    this.#options = parts.options;
    this.#utterances = parts.utterances;
    this.#signal = parts.signal;
  }

  async *follow(heard: Heard): AsyncGenerator<stt.SpeechEvent> {
    if (heard.kind === 'start') {
      this.#requestId = shortuuid('stt_');
      this.#draftedMs = performance.now();
      yield { type: stt.SpeechEventType.START_OF_SPEECH, requestId: this.#requestId };
    } else if (heard.kind === 'speech') this.#onSpeech();
    else if (heard.kind === 'pause') {
      if (this.#draft?.kind !== 'pause' && heard.silenceMs >= this.#options.draftSilenceMs) this.#startDraft('pause');
    } else yield* this.#finish(heard);
  }

  /** The text of a draft that became ready, once; an interim text only if it is new. */
  *drafted(): Generator<stt.SpeechEvent> {
    const draft = this.#draft;
    if (!draft?.text || draft.told) return;
    draft.told = true;
    const isNew = draft.text !== this.#said;
    this.#said = draft.text;
    const at = { text: draft.text, startSeconds: 0, endSeconds: 0 };
    if (draft.kind === 'pause') yield this.#transcript(stt.SpeechEventType.PREFLIGHT_TRANSCRIPT, at);
    else if (isNew) yield this.#transcript(stt.SpeechEventType.INTERIM_TRANSCRIPT, at);
  }

  drop(): void {
    this.#draft?.stop.abort();
    this.#draft = undefined;
  }

  #onSpeech(): void {
    if (this.#draft?.kind === 'pause') this.drop();
    const { interimEveryMs } = this.#options;
    if (interimEveryMs === 0 || performance.now() - this.#draftedMs < interimEveryMs) return;
    if (this.#draft?.isPending) return;
    this.#startDraft('interim');
  }

  #startDraft(kind: Draft['kind']): void {
    this.drop();
    this.#draftedMs = performance.now();
    const stop = new AbortController();
    const attempt = new Attempt(moonshineStt.name, stop.signal);
    const done = Promise.resolve();
    const draft: Draft = { kind, text: undefined, failure: undefined, isPending: true, told: false, done, stop };
    attempt.expect('transcript', this.#options.timeoutMs);
    draft.done = this.#engine
      .transcribe(this.#utterances.soFar(), { signal: attempt.signal, onlyWhenIdle: kind === 'interim' })
      .then(({ text }) => (draft.text = text))
      .catch((error: unknown) => (draft.failure = attempt.reason(error)))
      .finally(() => {
        draft.isPending = false;
        attempt.end();
      });
    this.#draft = draft;
  }

  async *#finish(heard: Extract<Heard, { kind: 'end' }>): AsyncGenerator<stt.SpeechEvent> {
    const requestId = this.#requestId;
    const draft = this.#draft?.kind === 'pause' && !heard.more ? this.#draft : undefined;
    if (heard.pcm.length > 0) {
      await draft?.done;
      // Any other failure of a draft is made good by asking again.
      if (draft?.failure instanceof ProviderError && draft.failure.code === 'timeout') throw draft.failure;
      const text = draft?.text ?? (await this.#transcribe(heard.pcm));
      if (text) yield this.#transcript(stt.SpeechEventType.FINAL_TRANSCRIPT, { ...heard, text });
      yield {
        type: stt.SpeechEventType.RECOGNITION_USAGE,
        requestId,
        recognitionUsage: { audioDuration: heard.pcm.length / 16_000 },
      };
    }
    this.drop();
    this.#said = '';
    if (!heard.more) yield { type: stt.SpeechEventType.END_OF_SPEECH, requestId };
  }

  async #transcribe(pcm: Int16Array): Promise<string> {
    for (let turn = 1; ; turn++) {
      const attempt = new Attempt(moonshineStt.name, this.#signal);
      try {
        attempt.expect('transcript', this.#options.timeoutMs);
        return (await this.#engine.transcribe(pcm, { signal: attempt.signal })).text;
      } catch (error) {
        const reason = attempt.reason(error);
        const mayPass = reason instanceof ProviderError && ['unreachable', 'server_full'].includes(reason.code);
        if (!mayPass || turn === tries) throw reason;
      } finally {
        attempt.end();
      }
      await delay(retryAfterMs, undefined, { signal: this.#signal });
    }
  }

  #transcript(
    type: stt.SpeechEventType,
    { text, startSeconds, endSeconds }: { text: string; startSeconds: number; endSeconds: number },
  ): stt.SpeechEvent {
    // The model tells no confidence.
    const data = { language, text, startTime: startSeconds, endTime: endSeconds, confidence: 1 };
    return { type, requestId: this.#requestId, alternatives: [data] };
  }
}
