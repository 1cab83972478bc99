import { AsyncIterableQueue, type stt } from '@livekit/agents';
import { type AudioItem, flush } from '../wire/transcriber.ts';
import { catchRun } from './plugin-parts.ts';

/**
 * A stream of a plugin's recogniser. It notices a plugin that takes no audio, because its connection does not come about or is
 * opened again and again; and it is never closed while it connects: a plugin may have no listener then for the error of a
 * socket that is closed too early, which would end the process with all its calls.
 */
export class Intake {
  readonly events = new AsyncIterableQueue<stt.SpeechEvent>();
  readonly #stream: stt.SpeechStream;
  #waiting = 0;
  #movedAtMs = performance.now();
  #closing = false;
  #closed = false;
  /** All audio was offered. A plugin that is told before it connects does not connect at all. */
  #ending = false;
  /** It asked for audio, or its work is over. */
  #connected = false;

  constructor(stream: stt.SpeechStream, onError: (error: unknown) => void) {
    this.#stream = stream;
    catchRun(stream, onError, () => {
      this.#connected = true;
      if (this.#closing) this.#close();
    });
    // A plugin takes its audio from `input`, which is the contract between the SDK and its plugins.
    const { input } = stream as unknown as { input: { next: (options?: object) => Promise<unknown> } };
    const next = input.next.bind(input);
    input.next = async (options) => {
      this.#ready();
      const taken = await next(options);
      this.#waiting -= 1;
      this.#movedAtMs = performance.now();
      return taken;
    };
    void this.#pump();
  }

  /** @returns milliseconds since which nothing was taken of what was offered */
  offer(item: AudioItem): number {
    if (this.#waiting <= 0) this.#movedAtMs = performance.now();
    this.#waiting += 1;
    if (!this.#closing) {
      if (item === flush) this.#stream.flush();
      else this.#stream.pushFrame(item);
    }
    return performance.now() - this.#movedAtMs;
  }

  /** No more audio comes: the plugin tells what it heard, and ends. */
  end(): void {
    this.#ending = true;
    if (this.#connected) this.#end();
  }

  get tookAll(): boolean {
    return this.#connected && this.#waiting <= 0;
  }

  /** Ends the events at once. */
  close(): void {
    this.#closing = true;
    if (!this.events.closed) this.events.close();
    if (this.#connected) this.#close();
  }

  #ready(): void {
    if (this.#connected) return;
    this.#connected = true;
    if (this.#closing) this.#close();
    else if (this.#ending) this.#end();
  }

  #end(): void {
    if (this.#closing) return;
    // Where the client decides when an utterance is over, the last one would be lost.
    this.#stream.flush();
    this.#stream.endInput();
  }

  #close(): void {
    if (!this.#closed) this.#stream.close();
    this.#closed = true;
  }

  async #pump(): Promise<void> {
    for await (const event of this.#stream) if (!this.events.closed) this.events.put(event);
    if (!this.events.closed) this.events.close();
  }
}
