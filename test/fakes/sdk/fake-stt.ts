import { setTimeout as sleep } from 'node:timers/promises';
import { type APIConnectOptions, type AudioBuffer, asLanguageCode, stt } from '@livekit/agents';
import { SpeechDetector } from '../speech-detector.ts';

export type FakeSttOptions = {
  /** What each utterance is understood as, in order; the last one serves for all that follow. */
  transcripts: readonly string[];
  /** Caller's last sample → final transcript. */
  finalMs: number;
  /** Silence that ends an utterance. */
  silenceMs?: number;
};

/** Hears by loudness and understands what it was told to, a fixed time after the last sound. */
export class FakeStt extends stt.STT {
  override label = 'fake-stt';
  readonly #options: FakeSttOptions;
  /** Utterances understood. */
  heard = 0;
  streams = 0;

  constructor(options: FakeSttOptions) {
    super({ streaming: true, interimResults: true });
    this.#options = options;
  }

  override get model(): string {
    return 'fake-stt';
  }

  override get provider(): string {
    return 'fake';
  }

  protected override async _recognize(_frame: AudioBuffer): Promise<stt.SpeechEvent> {
    throw new Error('The fake only streams.');
  }

  override stream(options?: { connOptions?: APIConnectOptions }): stt.SpeechStream {
    this.streams += 1;
    return new FakeSpeechStream(this, this.#options, options?.connOptions);
  }

  nextTranscript(): string {
    const { transcripts } = this.#options;
    this.heard += 1;
    return transcripts[Math.min(this.heard, transcripts.length) - 1] ?? '';
  }
}

class FakeSpeechStream extends stt.SpeechStream {
  override label = 'fake-stt-stream';
  readonly #stt: FakeStt;
  readonly #options: FakeSttOptions;

  constructor(owner: FakeStt, options: FakeSttOptions, connOptions?: APIConnectOptions) {
    super(owner, 16_000, connOptions);
    this.#stt = owner;
    this.#options = options;
  }

  protected override async run(): Promise<void> {
    const { finalMs, silenceMs = 120 } = this.#options;
    let detector = new SpeechDetector();
    let speaking = false;
    for await (const frame of this.input) {
      if (typeof frame === 'symbol') continue;
      detector.push(frame.data);
      if (!speaking && detector.voicedMs >= 60) {
        speaking = true;
        this.#emit(stt.SpeechEventType.START_OF_SPEECH, '');
      }
      if (!speaking || detector.silentMs < silenceMs) continue;
      speaking = false;
      detector = new SpeechDetector();
      const text = this.#stt.nextTranscript();
      this.#emit(stt.SpeechEventType.INTERIM_TRANSCRIPT, text.split(' ')[0] ?? '');
      void sleep(Math.max(0, finalMs - silenceMs), undefined, { signal: this.abortSignal }).then(
        () => {
          this.#emit(stt.SpeechEventType.FINAL_TRANSCRIPT, text);
          this.#emit(stt.SpeechEventType.END_OF_SPEECH, '');
        },
        () => undefined,
      );
    }
  }

  #emit(type: stt.SpeechEventType, text: string): void {
    if (this.closed) return;
    this.queue.put({
      type,
      ...(text && {
        alternatives: [{ text, language: asLanguageCode('en'), startTime: 0, endTime: 0, confidence: 0.95 }],
      }),
    });
  }
}
