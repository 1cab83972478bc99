import type { Clock } from '../../../pipelines/fallback/hedging.ts';

/** Time that passes when it is told to. */
export class ManualClock implements Clock {
  #now = 0;
  #timers: { at: number; act: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, act: () => void): () => void {
    const timer = { at: this.#now + milliseconds, act };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass, and then all that can happen without any more of it. */
  async pass(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    for (const timer of this.#timers.filter(({ at }) => at <= this.#now)) {
      this.#timers = this.#timers.filter((other) => other !== timer);
      timer.act();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
