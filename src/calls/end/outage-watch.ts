/** An answer that takes longer says that the database was away meanwhile. */
const slowMs = 3_000;
/** Whoever asks less often than this may have slept through an outage. */
const longestGapMs = 8_000;

/**
 * Whether PostgreSQL has answered without a gap for a while. Leases that ran out during an outage say nothing about their owners,
 * who could not renew them; neither does one that ran out while nobody looked.
 */
export class OutageWatch {
  /** How long it must have answered well. */
  readonly steadySeconds: number;
  readonly #now: () => number;
  #steadySinceMs: number;
  #askedMs: number;

  /** @param now Monotonic milliseconds */
  constructor({ steadySeconds, now = () => performance.now() }: { steadySeconds: number; now?: () => number }) {
    this.steadySeconds = steadySeconds;
    this.#now = now;
    this.#askedMs = this.#steadySinceMs = now();
  }

  /** Every owner has had the time to renew since the last outage. */
  get steady(): boolean {
    return this.#now() - this.#steadySinceMs >= this.steadySeconds * 1000;
  }

  /** Asks the database, and notes how it answered. @throws what the question throws */
  async asked<T>(question: () => Promise<T>): Promise<T> {
    const startedMs = this.#now();
    let well = startedMs - this.#askedMs <= longestGapMs;
    try {
      const answer = await question();
      well &&= this.#now() - startedMs <= slowMs;
      return answer;
    } catch (error) {
      well = false;
      throw error;
    } finally {
      this.#askedMs = this.#now();
      if (!well) this.#steadySinceMs = this.#askedMs;
    }
  }
}
