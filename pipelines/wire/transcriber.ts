import { type APIConnectOptions, type AudioBuffer, AsyncIterableQueue, stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { shifted } from '../text/heard.ts';
import type { Identity } from './identity.ts';

/** In a stream of audio: say now what was heard so far. */
export const flush: unique symbol = Symbol('flush');
export type AudioItem = AudioFrame | typeof flush;

export type TranscribeRequest = {
  /** Mono 16 kHz frames; ends with the call. */
  audio: AsyncIterable<AudioItem>;
  signal: AbortSignal;
};

type Abilities = { interimResults?: boolean; endsTurns?: boolean };

/** Speech recognition of the SDK that is one generator: providers write `transcribe`, and fallbacks compose it. */
export abstract class Transcriber extends stt.STT {
  /** It finds the ends of turns itself: each final transcript is one, and its confidence says how sure that is. */
  readonly endsTurns: boolean;
  readonly #identity: Identity;

  constructor(identity: Identity, { interimResults = true, endsTurns = false }: Abilities = {}) {
    super({ streaming: true, interimResults });
    this.endsTurns = endsTurns;
    this.#identity = identity;
  }

  /** A recogniser that keeps nothing but its settings. */
  static of(identity: Identity, transcribe: Transcriber['transcribe'], capabilities?: Abilities): Transcriber {
    return new (class extends Transcriber {
      transcribe = transcribe;
    })(identity, capabilities);
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
   * Events of one stream of audio; their times are seconds since its first frame. Ends when the audio ends and all of it
   * is transcribed, or quietly when the signal aborts.
   * @throws ProviderError
   */
  abstract transcribe(request: TranscribeRequest): AsyncGenerator<stt.SpeechEvent>;

  stream(options?: { connOptions?: APIConnectOptions }): stt.SpeechStream {
    return new TranscriberStream(this, options?.connOptions);
  }

  protected async _recognize(buffer: AudioBuffer, signal = new AbortController().signal): Promise<stt.SpeechEvent> {
    const audio = new AsyncIterableQueue<AudioItem>();
    for (const frame of Array.isArray(buffer) ? buffer : [buffer]) audio.put(frame);
    audio.close();
    const texts: string[] = [];
    let last: stt.SpeechData | undefined;
    for await (const { type, alternatives } of this.transcribe({ audio, signal })) {
      if (type !== stt.SpeechEventType.FINAL_TRANSCRIPT || !alternatives) continue;
      texts.push(alternatives[0].text);
      last = alternatives[0];
    }
    const heard = { ...(last ?? silence), text: texts.join(' ') };
    return { type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: [heard] };
  }
}

const silence = { language: '' as stt.SpeechData['language'], text: '', startTime: 0, endTime: 0, confidence: 0 };

class TranscriberStream extends stt.SpeechStream {
  readonly label: string;
  readonly #transcriber: Transcriber;

  constructor(transcriber: Transcriber, connOptions?: APIConnectOptions) {
    super(transcriber, 16_000, connOptions);
    this.label = transcriber.label;
    this.#transcriber = transcriber;
  }

  protected async run(): Promise<void> {
    try {
      for await (const event of this.#transcriber.transcribe({ audio: this.#audio(), signal: this.abortSignal })) {
        if (this.queue.closed) break;
        this.queue.put(shifted(event, this.startTimeOffset));
      }
    } catch (error) {
      if (!this.abortSignal.aborted) throw error;
    }
  }

  async *#audio(): AsyncGenerator<AudioItem> {
    for await (const item of this.input) yield typeof item === 'symbol' ? flush : item;
  }
}
