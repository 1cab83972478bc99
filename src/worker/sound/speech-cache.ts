import type { PreparedSpeech } from './prepare-speech.ts';

/** Sentences kept per process, some four per agent; five seconds are about 160 kB. */
const capacity = 64;

/**
 * Greetings that are the same for every call are synthesised once, also when several calls want one at the same moment.
 * The least recently used is forgotten first.
 */
export class SpeechCache {
  readonly #speeches = new Map<string, PreparedSpeech>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  /**
   * `key` tells apart everything that changes the sound but the speaker: options, words. `speaker` tells whose voice
   * it would be now, `spokenBy`, asked when the sound is there, whose it became. What a stand-in spoke serves only while that stand-in would.
   */
  async get(
    { key, speaker, spokenBy }: { key: string; speaker: () => string; spokenBy: () => string },
    prepare: () => Promise<PreparedSpeech>,
  ): Promise<PreparedSpeech> {
    let wanted = keyOf(speaker(), key);
    // Another call may be at it. When that fails, because the call ended perhaps, it is our turn.
    for (let other = this.#underWay.get(wanted); other; other = this.#underWay.get(wanted)) {
      await other;
      wanted = keyOf(speaker(), key);
    }
    const known = this.#speeches.get(wanted);
    if (known) {
      this.#keep(wanted, known);
      return known;
    }
    const making = prepare();
    const over = making.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay.set(wanted, over);
    try {
      const speech = await making;
      this.#keep(keyOf(spokenBy(), key), speech);
      return speech;
    } finally {
      if (this.#underWay.get(wanted) === over) this.#underWay.delete(wanted);
    }
  }

  #keep(key: string, speech: PreparedSpeech): void {
    this.#speeches.delete(key);
    this.#speeches.set(key, speech);
    for (const oldest of this.#speeches.keys()) {
      if (this.#speeches.size <= capacity) break;
      this.#speeches.delete(oldest);
    }
  }
}

function keyOf(speaker: string, key: string): string {
  return `${speaker} ${key}`;
}
