import type { ProviderName } from '../catalog.ts';

/** Time in milliseconds. `after` returns what takes it back. */
export type Clock = { now(): number; after(milliseconds: number, then: () => void): () => void };

const realClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, then) {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A request that was made because the first of its kind was late. */
export type HedgedRequest = {
  role: 'llm' | 'tts';
  /** Who was asked besides. */
  provider: ProviderName;
  /** Who was late; the same one, where it was asked a second time. */
  late: ProviderName;
  /** `won`: it was the first to speak. `lost`: the late one was. `cancelled`: nobody wanted to know any more. */
  result: 'won' | 'lost' | 'cancelled';
};

/** Answers that are remembered of each provider and model, and those without which nothing is known of its lateness. */
const remembered = 100;
const fewest = 20;
const lateQuantile = 0.95;
/** Where the slow answers are hardly slower than the others, a second request could only lose. */
const leastOfMedian = 1.5;
/** Hedged requests that can be saved up. */
const mostSaved = 3;

/**
 * When a first piece is late, and whether another may be asked for it. Shared by the calls of a process, so that each knows
 * how fast its providers are, and so that all of them together stay within the rate.
 */
export class Hedging {
  readonly clock: Clock;
  /** Hedged requests per complete answer. */
  readonly #rate: number;
  readonly #firstPieces = new Map<string, number[]>();
  #saved = 0;

  /** @param rate Most hedged requests per complete answer, 0 to 1 */
  constructor({ rate, clock = realClock }: { rate: number; clock?: Clock }) {
    this.#rate = rate;
    this.clock = clock;
  }

  /** Milliseconds after which a first piece is later than 95 % of the recent ones; undefined while too few are known. */
  lateMs(name: string): number | undefined {
    const known = this.#firstPieces.get(name);
    if (!known || known.length < fewest) return undefined;
    const sorted = known.toSorted((one, other) => one - other);
    const at = (quantile: number) => sorted[Math.ceil(sorted.length * quantile) - 1]!;
    return Math.max(at(lateQuantile), leastOfMedian * at(0.5));
  }

  /** How long a first piece took, or how long it was waited for until another came first. */
  tookMs(name: string, milliseconds: number): void {
    const known = this.#firstPieces.get(name) ?? [];
    known.push(milliseconds);
    if (known.length > remembered) known.shift();
    this.#firstPieces.set(name, known);
  }

  /** An answer is complete, which earns its part of a hedged request. */
  answered(): void {
    this.#saved = Math.min(mostSaved, this.#saved + this.#rate);
  }

  /** Whether another may be asked now; it counts as asked then. */
  take(): boolean {
    // Tenths do not add up to one exactly.
    if (this.#saved < 1 - 1e-9) return false;
    this.#saved -= 1;
    return true;
  }
}
