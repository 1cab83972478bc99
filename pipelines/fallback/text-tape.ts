import { AsyncIterableQueue } from '@livekit/agents';
import { flush } from '../wire/transcriber.ts';
import type { TextItem } from '../wire/voice.ts';

/** Keeps a text while it is being written, so that a second reader can start in the middle of it. */
export class TextTape {
  #text = '';
  #ended = false;
  #channel: AsyncIterableQueue<TextItem> | undefined;
  #stopped = false;

  constructor(source: AsyncIterable<TextItem>) {
    void this.#pump(source);
  }

  get text(): string {
    return this.#text;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** The text from a character on, then what is still written. The reader before it gets no more. */
  play(from: number): AsyncIterable<TextItem> {
    this.#close();
    const channel = new AsyncIterableQueue<TextItem>();
    const written = this.#text.slice(from);
    if (written) channel.put(written);
    if (this.#ended) channel.close();
    this.#channel = channel;
    return channel;
  }

  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  async #pump(source: AsyncIterable<TextItem>): Promise<void> {
    for await (const item of source) {
      if (this.#stopped) return;
      if (item !== flush) this.#text += item;
      if (this.#channel && !this.#channel.closed) this.#channel.put(item);
    }
    this.#ended = true;
    this.#close();
  }

  #close(): void {
    if (this.#channel && !this.#channel.closed) this.#channel.close();
  }
}
