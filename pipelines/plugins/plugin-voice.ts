import { AsyncLocalStorage } from 'node:async_hooks';
import { tts } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { ProviderError } from '../errors.ts';
import { Attempt } from '../fallback/attempt.ts';
import { speechChunks } from '../text/speech-chunks.ts';
import { billMarks } from '../wire/bill-marks.ts';
import { FrameCutter, pcmBytes } from '../wire/pcm.ts';
import { sentenceRequests } from '../wire/sentence-requests.ts';
import { type SpeakRequest, type Spoken, Voice } from '../wire/voice.ts';
import { catchRun, identityOf, ListenerWatch, onlyOnce, type PluginParts } from './plugin-parts.ts';

/** Sentences of one answer that are asked for at once, where each is a request of its own. */
const concurrency = 2;

/** What one answer used: characters handed over, and characters of which the plugin told (`tts_metrics`). */
type Used = { given: number; told: number };

/**
 * A plugin's voice as one of Parley's. A text is handed over in sentences, each with a flush, so that the first sounds while
 * the others are being written. An answer costs what the plugin says it sent, and at least what it was given: of several
 * flushed pieces the SDK counts one.
 */
export class PluginVoice extends Voice {
  readonly #parts: PluginParts<tts.TTS>;
  readonly #listeners: ListenerWatch;
  /** Metrics are an event of the whole voice; the answer they belong to is the one in whose context they are told. */
  readonly #answer = new AsyncLocalStorage<Used>();

  constructor(parts: PluginParts<tts.TTS>) {
    const { instance, name } = parts;
    super(identityOf(parts), instance.sampleRate);
    if (instance.numChannels !== 1)
      throw new ProviderError(
        'bad_audio_format',
        name,
        `the plugin speaks in ${instance.numChannels} channels, and a call has one. Set its option for mono.`,
      );
    this.#parts = parts;
    instance.on('error', () => undefined);
    instance.on('metrics_collected', ({ charactersCount }) => {
      const used = this.#answer.getStore();
      if (used) used.told += charactersCount;
    });
    this.#listeners = new ListenerWatch(parts);
  }

  async *speak(request: SpeakRequest): AsyncGenerator<Spoken> {
    const { instance, context, explain } = this.#parts;
    const used: Used = { given: 0, told: 0 };
    try {
      yield* instance.capabilities.streaming ? this.#stream(request, used) : this.#sentences(request, used);
    } catch (error) {
      throw explain(error);
    } finally {
      this.#listeners.used();
      const quantity = Math.max(used.given, used.told);
      const use = { role: 'tts', provider: this.#parts.name, model: this.model, unit: 'character' } as const;
      if (quantity > 0) context.onUsage?.({ ...use, quantity, requestId: request.requestId, ...billMarks(request) });
    }
  }

  override async close(): Promise<void> {
    await this.#parts.instance.close();
  }

  async *#stream({ text, signal, started }: SpeakRequest, used: Used): AsyncGenerator<Spoken> {
    const { instance, timeoutMs, cure, explain } = this.#parts;
    const chunks = speechChunks(text);
    const first = await chunks.next();
    if (first.done || signal.aborted) return;
    const attempt = new Attempt(this.label, signal, cure);
    const cutter = new FrameCutter(instance.sampleRate);
    const stream = this.#answer.run(used, () =>
      catchRun(instance.stream({ connOptions: onlyOnce(timeoutMs) }), (error) => attempt.fail(explain(error))),
    );
    attempt.signal.addEventListener('abort', () => stream.close(), { once: true });
    const spoken = { frames: 0, characters: 0 };
    let written = false;
    const give = (piece: string) => {
      if (attempt.signal.aborted) return;
      started();
      used.given += piece.length;
      this.#answer.run(used, () => stream.pushText(piece));
      stream.flush();
      attempt.expect('audio', timeoutMs);
    };
    const write = async () => {
      give(first.value.text);
      for await (const chunk of chunks) give(chunk.text);
      written = true;
      if (attempt.signal.aborted) return;
      stream.endInput();
      attempt.expect('audio', timeoutMs);
    };
    try {
      void write();
      for await (const item of stream) {
        if (item === tts.SynthesizeStream.END_OF_STREAM) continue;
        if (written) attempt.expect('further audio', timeoutMs);
        else attempt.met();
        spoken.frames += 1;
        for (const { text: word } of item.timedTranscripts ?? []) spoken.characters += word.length;
        const told = spoken.characters > 0 && { characters: Math.min(spoken.characters, used.given) };
        for (const frame of cutter.push(pcmBytes(item.frame))) yield { frame, ...told };
      }
      attempt.signal.throwIfAborted();
      if (!written)
        throw new ProviderError('unreachable', this.label, `the voice ended in the middle of a text. ${cure}`.trim());
      // Some plugins take an error of their service for the end of the sound.
      if (spoken.frames === 0) throw this.#madeNoSound();
      for (const frame of cutter.flush()) yield { frame };
    } catch (error) {
      if (!signal.aborted) throw attempt.reason(error);
    } finally {
      stream.close();
      attempt.end();
    }
  }

  #madeNoSound(): ProviderError {
    const message = `the voice made no sound of a text. ${this.#parts.cure}`.trim();
    return new ProviderError('provider_failed', this.label, message);
  }

  #sentences(request: SpeakRequest, used: Used): AsyncGenerator<Spoken> {
    const { timeoutMs } = this.#parts;
    const synthesize = (text: string, signal: AbortSignal) => {
      used.given += text.length;
      return this.#answer.run(used, () => this.#sentence(text, signal));
    };
    return sentenceRequests({ provider: this.label, request, concurrency, audioTimeoutMs: timeoutMs, synthesize });
  }

  async *#sentence(text: string, signal: AbortSignal): AsyncGenerator<AudioFrame> {
    const { instance, timeoutMs, explain } = this.#parts;
    const cutter = new FrameCutter(instance.sampleRate);
    const failure: { error?: ProviderError } = {};
    const stream = catchRun(instance.synthesize(text, onlyOnce(timeoutMs), signal), (error) => {
      failure.error = explain(error);
    });
    const close = () => stream.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      let frames = 0;
      for await (const { frame } of stream) {
        frames += 1;
        yield* cutter.push(pcmBytes(frame));
      }
      if (failure.error) throw failure.error;
      // A plugin that is told to stop may end as if it had spoken.
      signal.throwIfAborted();
      if (frames === 0) throw this.#madeNoSound();
      yield* cutter.flush();
    } finally {
      signal.removeEventListener('abort', close);
      stream.close();
    }
  }
}
