import {
  ReadableStream,
  type ReadableStreamDefaultController,
  type ReadableStreamDefaultReader,
} from 'node:stream/web';
import { voice } from '@livekit/agents';
import { type AudioFrame, AudioStream, type RemoteTrack } from '@livekit/rtc-node';
import { inputFrameMs, sampleRateHz } from '../conversation/sdk-pins.ts';

/** `first`: of its track. */
export type FrameListener = (frame: AudioFrame, about: { first: boolean }) => void;

/** The caller's voice as the session reads it: one stream for the whole call, whatever tracks it comes from. */
export class CallAudioInput extends voice.AudioInput {
  #controller: ReadableStreamDefaultController<AudioFrame> | undefined;
  #reader: ReadableStreamDefaultReader<AudioFrame> | undefined;
  readonly #listeners = new Set<FrameListener>();
  readonly #frames = new ReadableStream<AudioFrame>({
    start: (controller) => {
      this.#controller = controller;
    },
    cancel: () => {
      this.#controller = undefined;
    },
  });

  override get stream(): ReadableStream<AudioFrame> {
    return this.#frames;
  }

  /** Listens to this track from now on, and to no other. */
  listenTo(track: RemoteTrack): void {
    this.stopListening();
    const source = new AudioStream(track, { sampleRate: sampleRateHz, numChannels: 1, frameSizeMs: inputFrameMs });
    this.#reader = source.getReader();
    void this.#forward(this.#reader);
  }

  /** `listener` hears the same beside the session. Returns what stops it. */
  onFrame(listener: FrameListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #forward(reader: ReadableStreamDefaultReader<AudioFrame>): Promise<void> {
    for (let first = true; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (this.#reader !== reader) continue;
      this.#controller?.enqueue(value);
      for (const listener of this.#listeners) listener(value, { first });
      first = false;
    }
  }

  /** Hears nothing more until it listens to another track. */
  stopListening(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    void reader?.cancel();
  }

  /** Ends the stream. Idempotent. */
  override async close(): Promise<void> {
    this.stopListening();
    this.#controller?.close();
    this.#controller = undefined;
    await super.close();
  }
}
