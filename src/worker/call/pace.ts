import { setTimeout as sleep } from 'node:timers/promises';

/** The loop of a process that is later than this is given no further call for now. */
const lateMs = 150;
const lookEveryMs = 50;
/** However late it is, a call waits no longer than that for the loop alone. */
const longestMs = 5_000;

/** How late timers of this process come. */
export type Loop = { readonly lateMs: number };

type Place = { isFirst: boolean; take: () => void };

/**
 * The pace at which a process begins calls: so many at once, and none while its event loop is late. Capacity says how many calls it
 * can hold; of a hundred that begin at once each one would be so slow that none is ready in time. A caller by phone who hears it ring
 * goes before those who have not been rung yet.
 */
export class Pace {
  readonly #atOnce: number;
  readonly #loop: Loop;
  readonly #pause: (milliseconds: number) => Promise<unknown>;
  #begun = 0;
  #waiting: Place[] = [];
  #looking = false;

  constructor({
    atOnce,
    loop,
    pause = sleep,
  }: {
    atOnce: number;
    loop: Loop;
    pause?: (milliseconds: number) => Promise<unknown>;
  }) {
    this.#atOnce = atOnce;
    this.#loop = loop;
    this.#pause = pause;
  }

  /**
   * Waits for the call's turn, and keeps its place until it is `ready` or `over`. A call that is over while it waits waits no
   * longer, and takes no place.
   * @param isFirst Before all that are not
   */
  async turn({
    isFirst,
    ready,
    over,
  }: {
    isFirst: boolean;
    ready: Promise<unknown>;
    over: Promise<unknown>;
  }): Promise<void> {
    const turn = Promise.withResolvers<void>();
    const place: Place = { isFirst, take: turn.resolve };
    const next = isFirst ? this.#waiting.findIndex((other) => !other.isFirst) : -1;
    if (next === -1) this.#waiting.push(place);
    else this.#waiting.splice(next, 0, place);
    void this.#look();
    await Promise.race([turn.promise, over]);
    if (this.#waiting.includes(place)) {
      this.#waiting = this.#waiting.filter((other) => other !== place);
      return;
    }
    void Promise.race([ready, over]).finally(() => {
      this.#begun -= 1;
      void this.#look();
    });
  }

  /** Lets in whoever may begin. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    while (this.#begun < this.#atOnce && this.#waiting.length > 0) {
      for (let waitedMs = 0; this.#loop.lateMs > lateMs && waitedMs < longestMs; waitedMs += lookEveryMs)
        await this.#pause(lookEveryMs);
      const place = this.#waiting.shift();
      if (!place) break;
      this.#begun += 1;
      place.take();
    }
    this.#looking = false;
  }
}

/** Watches the event loop of this process: how late it was at worst within the last half second. */
export function watchLateness(): Loop & { close(): void } {
  const late = Array.from({ length: 10 }, () => 0);
  let dueMs = performance.now() + lookEveryMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    late.shift();
    late.push(Math.max(0, nowMs - dueMs));
    dueMs = nowMs + lookEveryMs;
  }, lookEveryMs);
  timer.unref();
  return {
    get lateMs() {
      return Math.max(...late, performance.now() - dueMs);
    },
    close: () => clearInterval(timer),
  };
}
