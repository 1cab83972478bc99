import { type APIConnectOptions, AsyncIterableQueue, shortuuid, tts } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { trace } from '@opentelemetry/api';
import type { Identity } from './identity.ts';
import { flush } from './transcriber.ts';

export type TextItem = string | typeof flush;

export type SpeakRequest = {
  /** Pieces of text as they are written; `flush` asks for the sound of what came so far. */
  text: AsyncIterable<TextItem>;
  signal: AbortSignal;
  requestId: string;
  /** Made because another request is late; its use says so. */
  hedged?: true;
  /** To be called when the first text goes out: the time to first sound counts from there. */
  started: () => void;
};

/** Sound, and how many characters of the text (counted from its beginning) are wholly spoken with it, where known. */
export type Spoken = { frame: AudioFrame; characters?: number };

/** A voice of the SDK that is one generator: providers write `speak`, and fallbacks compose it. */
export abstract class Voice extends tts.TTS {
  readonly #identity: Identity;

  /** `sampleRateHz`: of its frames, where they do not say another. */
  constructor(identity: Identity, sampleRateHz = 16_000) {
    super(sampleRateHz, 1, { streaming: true });
    this.#identity = identity;
  }

  /** A voice that keeps nothing but its settings. */
  static of(identity: Identity, speak: Voice['speak'], sampleRateHz?: number): Voice {
    return new (class extends Voice {
      speak = speak;
    })(identity, sampleRateHz);
  }

  get label(): string {
    return this.#identity.label;
  }

  override get model(): string {
    return this.#identity.model ?? super.model;
  }

  override get provider(): string {
    return this.#identity.provider ?? super.provider;
  }

  /**
   * The sound of a text, in order. Each frame owns its buffer, from offset 0: the media library sends the whole buffer.
   * Ends when all is spoken, or quietly when the signal aborts.
   * @throws ProviderError
   */
  abstract speak(request: SpeakRequest): AsyncGenerator<Spoken>;

  /** Opens what the next sentence needs. Costs nothing and never throws. */
  warm(): void {}

  stream(options?: { connOptions?: APIConnectOptions }): tts.SynthesizeStream {
    return new VoiceStream(this, options?.connOptions);
  }

  synthesize(text: string, connOptions?: APIConnectOptions, abortSignal?: AbortSignal): tts.ChunkedStream {
    return new WholeTextStream({ voice: this, text, connOptions, abortSignal });
  }
}

class VoiceStream extends tts.SynthesizeStream {
  readonly label: string;
  readonly #voice: Voice;
  #written = '';

  constructor(voice: Voice, connOptions?: APIConnectOptions) {
    super(voice, connOptions);
    this.label = voice.label;
    this.#voice = voice;
  }

  protected async run(): Promise<void> {
    const requestId = shortuuid('tts_');
    const text = this.#text();
    const started = () => this.markStarted();
    try {
      for await (const { frame } of this.#voice.speak({ text, signal: this.abortSignal, requestId, started })) {
        if (this.abortSignal.aborted) break;
        this.queue.put({ requestId, segmentId: requestId, frame, final: false });
      }
    } catch (error) {
      if (!this.abortSignal.aborted) throw error;
    } finally {
      tellSpan(this.#written);
    }
  }

  async *#text(): AsyncGenerator<TextItem> {
    for await (const item of this.input) {
      if (typeof item === 'string') this.#written += item;
      yield typeof item === 'symbol' ? flush : item;
    }
  }
}

class WholeTextStream extends tts.ChunkedStream {
  readonly label: string;
  readonly #voice: Voice;

  constructor(request: {
    voice: Voice;
    text: string;
    connOptions: APIConnectOptions | undefined;
    abortSignal: AbortSignal | undefined;
  }) {
    super(request.text, request.voice, request.connOptions, request.abortSignal);
    this.label = request.voice.label;
    this.#voice = request.voice;
  }

  protected async run(): Promise<void> {
    const requestId = shortuuid('tts_');
    const text = new AsyncIterableQueue<TextItem>();
    text.put(this.inputText);
    tellSpan(this.inputText);
    text.close();
    try {
      const spoken = this.#voice.speak({ text, signal: this.abortSignal, requestId, started: () => undefined });
      for await (const { frame } of spoken) {
        if (this.queue.closed) break;
        this.queue.put({ requestId, segmentId: requestId, frame, final: false });
      }
    } catch (error) {
      // Thrown from here it would be an unhandled rejection of the SDK, which ends the process.
      if (this.abortSignal.aborted || !(error instanceof Error)) return;
      const { label } = this;
      this.#voice.emit('error', { type: 'tts_error', timestamp: Date.now(), label, error, recoverable: false });
    }
  }
}

/** The SDK writes the words of every request on its span but those of a voice, for which it has the name. */
function tellSpan(text: string): void {
  trace.getActiveSpan()?.setAttribute('lk.pii.input_text', text);
}
