import { setTimeout as sleep } from 'node:timers/promises';
import { type APIConnectOptions, tts } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { toneFrames } from './tone-frames.ts';

export type FakeTtsOptions = {
  firstAudioMs: number;
  /** Sound per character. */
  msPerCharacter?: number;
  sampleRateHz?: number;
  fails?: () => Error | undefined;
};

/** Speaks in a tone whose length tells how much was to be said. */
export class FakeTts extends tts.TTS {
  override label = 'fake-tts';
  readonly options: FakeTtsOptions;
  /** Texts synthesised. */
  readonly spoken: string[] = [];

  constructor(options: FakeTtsOptions) {
    super(options.sampleRateHz ?? 16_000, 1, { streaming: true });
    this.options = options;
  }

  override get model(): string {
    return 'fake-tts';
  }

  override get provider(): string {
    return 'fake';
  }

  override synthesize(): tts.ChunkedStream {
    throw new Error('The fake only streams.');
  }

  override stream(options?: { connOptions?: APIConnectOptions }): tts.SynthesizeStream {
    return new FakeSynthesizeStream(this, options?.connOptions);
  }

  override async close(): Promise<void> {}
}

class FakeSynthesizeStream extends tts.SynthesizeStream {
  override label = 'fake-tts-stream';
  readonly #tts: FakeTts;

  constructor(owner: FakeTts, connOptions?: APIConnectOptions) {
    super(owner, connOptions);
    this.#tts = owner;
  }

  protected override async run(): Promise<void> {
    const { firstAudioMs, msPerCharacter = 60, fails } = this.#tts.options;
    const rateHz = this.#tts.sampleRate;
    const failure = fails?.();
    if (failure) throw failure;
    let text = '';
    for await (const piece of this.input) {
      if (typeof piece === 'symbol') break;
      text += piece;
    }
    if (!text.trim()) return;
    this.#tts.spoken.push(text);
    this.markStarted();
    await sleep(firstAudioMs, undefined, { signal: this.abortSignal }).catch(() => undefined);
    const requestId = `fake-${this.#tts.spoken.length}`;
    const frames: AudioFrame[] = toneFrames({ ms: text.length * msPerCharacter, sampleRateHz: rateHz, frameMs: 100 });
    for (const [index, frame] of frames.entries()) {
      if (this.abortSignal.aborted) return;
      this.queue.put({ requestId, segmentId: requestId, frame, final: index === frames.length - 1 });
    }
    this.queue.put(tts.SynthesizeStream.END_OF_STREAM);
  }
}
