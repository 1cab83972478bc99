/** An answer that takes longer says that the database may have been away meanwhile; one that takes much longer, that it was. */
const slowMs = 3_000;
const awayMs = 7_000;
/** Whoever asks less often than this may have slept through an outage; when each answer is slow, so is who asks. */
const longestGapMs = 8_000;
const longestSlowGapMs = 30_000;
/** A database that is slow for so many times as long is no outage any more: owners can renew, since they do not wait for answers. */
const slowTimes = 4;

/**
 * Whether PostgreSQL has answered without a gap for a while. Leases that ran out during an outage say nothing about their owners,
 * who could not renew them; neither does one that ran out while nobody looked.
 */
export class OutageWatch {
  /** How long it must have answered well. */
  readonly steadySeconds: number;
  readonly #now: () => number;
  #quickSinceMs: number;
  /** When it was last away, or ceased to be quick. */
  #disturbedMs: number;
  #wasQuick = false;
  #askedMs: number;

  /** @param now Monotonic milliseconds */
  constructor({ steadySeconds, now = () => performance.now() }: { steadySeconds: number; now?: () => number }) {
    this.steadySeconds = steadySeconds;
    this.#now = now;
    this.#askedMs = this.#quickSinceMs = this.#disturbedMs = now();
  }

  /** Every owner has had the time to renew since the last outage. */
  get steady(): boolean {
    return this.quick || this.#now() - this.#disturbedMs >= slowTimes * this.steadySeconds * 1000;
  }

  /** It has answered at once for a while, so that what takes long does not do so because of it. */
  get quick(): boolean {
    return this.#now() - this.#quickSinceMs >= this.steadySeconds * 1000;
  }

  /** Asks the database, and notes how it answered. @throws what the question throws */
  async asked<T>(question: () => Promise<T>): Promise<T> {
    const startedMs = this.#now();
    const gapMs = startedMs - this.#askedMs;
    let tookMs = Infinity;
    try {
      const answer = await question();
      tookMs = this.#now() - startedMs;
      return answer;
    } finally {
      this.#askedMs = this.#now();
      const isSlow = gapMs > longestGapMs || tookMs > slowMs;
      const wasAway = gapMs > longestSlowGapMs || tookMs > awayMs;
      if (isSlow) this.#quickSinceMs = this.#askedMs;
      if (wasAway || (isSlow && this.#wasQuick)) this.#disturbedMs = this.#askedMs;
      this.#wasQuick = this.quick;
    }
  }
}
