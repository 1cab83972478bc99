/** A queue that is full refuses at once: a caller who waits hears silence, one who is refused hears a fallback. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

type Waiting = { priority: number; start: () => void };

/**
 * Runs jobs, a few at a time, the lowest `priority` number first and in order of arrival among equals. A job whose signal
 * is aborted leaves the queue; one that already runs must watch the signal itself.
 */
export function createWorkQueue(options: { concurrency: number; maxQueued: number }) {
  const waiting: Waiting[] = [];
  let running = 0;

  const startNext = () => {
    let first = waiting[0];
    for (const job of waiting) if (first && job.priority < first.priority) first = job;
    if (!first) return;
    waiting.splice(waiting.indexOf(first), 1);
    first.start();
  };

  const turn = (priority: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(job), 1);
        reject(signal.reason as Error);
      };
      const job: Waiting = {
        priority,
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(job);
    });

  return {
    /** Nothing runs and nothing waits. */
    get isIdle(): boolean {
      return running === 0 && waiting.length === 0;
    },

    /**
     * @throws QueueFull at once, when `maxQueued` jobs wait
     * @throws the signal's reason, when it was aborted before the job started
     */
    async run<T>(priority: number, signal: AbortSignal, job: () => Promise<T>): Promise<T> {
      signal.throwIfAborted();
      if (running < options.concurrency) running++;
      else if (waiting.length < options.maxQueued) await turn(priority, signal);
      else throw new QueueFull(`${waiting.length} requests wait already`);
      try {
        return await job();
      } finally {
        // The place of a finished job passes to the next one without being free in between.
        if (waiting.length > 0) startNext();
        else running--;
      }
    },
  };
}

export type WorkQueue = ReturnType<typeof createWorkQueue>;
