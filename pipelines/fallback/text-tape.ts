import { AsyncIterableQueue } from '@livekit/agents';
import { flush } from '../wire/transcriber.ts';
import type { TextItem } from '../wire/voice.ts';

/** Keeps a text while it is being written, so that further readers can start in the middle of it. */
export class TextTape {
  #text = '';
  #isFlushed = false;
  #ended = false;
  #stopped = false;
  readonly #readers = new Set<AsyncIterableQueue<TextItem>>();

  constructor(source: AsyncIterable<TextItem>) {
    void this.#pump(source);
  }

  get text(): string {
    return this.#text;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** The text from a character on, then what is still written, until the reader is closed. */
  play(from: number): AsyncIterableQueue<TextItem> {
    const reader = new AsyncIterableQueue<TextItem>();
    const written = this.#text.slice(from);
    if (written) reader.put(written);
    if (written && this.#isFlushed) reader.put(flush);
    if (this.#ended || this.#stopped) reader.close();
    this.#readers.add(reader);
    return reader;
  }

  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  async #pump(source: AsyncIterable<TextItem>): Promise<void> {
    for await (const item of source) {
      if (this.#stopped) return;
      if (item !== flush) this.#text += item;
      this.#isFlushed = item === flush;
      for (const reader of this.#readers) if (!reader.closed) reader.put(item);
    }
    this.#ended = true;
    this.#close();
  }

  #close(): void {
    for (const reader of this.#readers) if (!reader.closed) reader.close();
    this.#readers.clear();
  }
}
