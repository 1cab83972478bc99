import { Session } from 'node:inspector/promises';

/** How often is looked, milliseconds, and in how many of these spans nothing may have happened before memory is given back. */
const everyMs = 10_000;
const idleSpans = 3;
/** Share of its time that an idle event loop is busy at most. */
const idleShare = 0.05;
/** Less than this is not worth a collection, bytes. */
const leastSpare = 32e6;

/** What is known of a process, to decide by. `spare`: bytes of the heap that hold nothing. */
export type Idleness = { isFree: boolean; busyShare: number; spare: number };

/** Tells when a process has been idle for so long, and holds so much that it does not use, that it is to give memory back. */
export class IdleSpans {
  #spans = 0;

  /** To be told of each span of time. Returns whether now is the moment. */
  passed({ isFree, busyShare, spare }: Idleness): boolean {
    this.#spans = isFree && busyShare < idleShare ? this.#spans + 1 : 0;
    return this.#spans >= idleSpans && spare >= leastSpare;
  }
}

/**
 * Gives back what V8 has kept from the start or from a busy time: its young generation grows to 100 MB and more with what is
 * loaded at the start, and shrinks only with a collection, which an idle process never comes to. `isFree` says that nobody is
 * kept waiting by one, which takes some 200 ms.
 */
export function watchIdleMemory({
  isFree = () => true,
  begin,
}: {
  isFree?: () => boolean;
  /** Told that a collection begins; the function that it returns, that it ended. */
  begin?: () => () => void;
} = {}): { close(): void } {
  const spans = new IdleSpans();
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const busy = performance.eventLoopUtilization(before);
    before = performance.eventLoopUtilization();
    const { heapTotal, heapUsed } = process.memoryUsage();
    const idleness = { isFree: isFree(), busyShare: busy.utilization, spare: heapTotal - heapUsed };
    if (!spans.passed(idleness)) return;
    const ended = begin?.();
    void collectAll().finally(() => ended?.());
  }, everyMs).unref();
  return { close: () => clearInterval(timer) };
}

/** The collection that V8 makes when the system runs out of memory; the inspector is the way to ask for it. */
async function collectAll(): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
