import type { PreparedSpeech } from './prepare-speech.ts';

/** Sentences kept per process, some four per agent; five seconds are about 160 kB. */
const capacity = 64;

/** Greetings that are the same for every call are synthesised once. The least recently used is forgotten first. */
export class SpeechCache {
  readonly #speeches = new Map<string, PreparedSpeech>();

  /** `key` tells apart everything that changes the sound: voice, options, words. */
  async get(key: string, prepare: () => Promise<PreparedSpeech>): Promise<PreparedSpeech> {
    const known = this.#speeches.get(key);
    if (known) this.#speeches.delete(key);
    const speech = known ?? (await prepare());
    this.#speeches.set(key, speech);
    for (const oldest of this.#speeches.keys()) {
      if (this.#speeches.size <= capacity) break;
      this.#speeches.delete(oldest);
    }
    return speech;
  }
}
