const blockedAfterMs = 200;
const tickMs = 50;
/** Names of what ran at the time that a report holds at most. */
const mostNames = 5;

/** The event loop did nothing but one thing for `blockedMs`; `running` names what was under way, the newest first. */
export type BlockedLoop = { blockedMs: number; running: string[] };

export type LoopWatch = {
  /** Something begins that may block, such as the answer to a request; the function that is returned ends it. */
  begin(name: string): () => void;
  /** What was begun and has not ended. */
  readonly underWay: number;
  close(): void;
};

/**
 * Notices that the event loop was blocked for 200 ms, and by what: whatever was under way or came to its end while no timer
 * could run. It is told when the loop is free again.
 */
export class BlockedLoopDetector {
  readonly #running = new Set<{ name: string; ended: boolean }>();
  #lastTickMs: number;
  #underWay = 0;

  constructor(nowMs: number) {
    this.#lastTickMs = nowMs;
  }

  begin(name: string): () => void {
    const entry = { name, ended: false };
    this.#running.add(entry);
    this.#underWay += 1;
    return () => {
      if (!entry.ended) this.#underWay -= 1;
      entry.ended = true;
    };
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** To be called every 50 ms. */
  tick(nowMs: number): BlockedLoop | undefined {
    const blockedMs = nowMs - this.#lastTickMs - tickMs;
    this.#lastTickMs = nowMs;
    const running = [...this.#running].map(({ name }) => name).reverse();
    for (const entry of this.#running) if (entry.ended) this.#running.delete(entry);
    if (blockedMs < blockedAfterMs) return undefined;
    return { blockedMs: Math.round(blockedMs), running: [...new Set(running)].slice(0, mostNames) };
  }
}

/** Watches the event loop of this process until it is closed. */
export function watchLoop(report: (blocked: BlockedLoop) => void): LoopWatch {
  const detector = new BlockedLoopDetector(performance.now());
  const timer = setInterval(() => {
    const blocked = detector.tick(performance.now());
    if (blocked) report(blocked);
  }, tickMs).unref();
  return {
    begin: (name) => detector.begin(name),
    get underWay() {
      return detector.underWay;
    },
    close: () => clearInterval(timer),
  };
}
