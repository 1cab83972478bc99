import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, run, type Runner, type TaskList } from 'graphile-worker';
import type { Pool } from 'pg';
import type { WorkAlone } from '../calls/admission/dispatch-ports.ts';
import type { Log } from '../telemetry/logger.ts';

const sweepEveryMs = 2_000;
const longestPauseMs = 5_000;
/** Jobs that are done within this time are settled with one statement. */
const settleTogetherMs = 10;

export type Dispatcher = {
  /** Finishes the jobs under way. Idempotent. */
  close(): Promise<void>;
};

/** Jobs that may take each other's time. A job that waits for a stranger's server waits in another line than calls do. */
export type JobLine = {
  tasks: TaskList;
  /** Jobs taken from the database with one question. */
  takenAtOnce: number;
  /** Having found none, it asks again this much later (half to one and a half times), however many are announced meanwhile. */
  restMs: number;
  /** Each asks for jobs of a later time every `pollMs`, by default two seconds; one that is due is announced by PostgreSQL. */
  jobsAtOnce: number;
  pollMs?: number;
};

/** Runs the jobs of the queue and the sweeper until it is closed, whatever becomes of the database meanwhile. */
export function runDispatcher(options: {
  /** For the queue alone: each line holds a connection to be told of new jobs. */
  pool: Pool;
  lines: readonly JobLine[];
  sweep: () => Promise<void>;
  alone: WorkAlone;
  /** Adds up what is over. It may take longer than calls can wait for the sweeper, and replicas do not mind each other. */
  count: () => Promise<void>;
  log: Log;
}): Dispatcher {
  const { pool, lines, sweep, alone, count, log } = options;
  const closing = new AbortController();
  const runners = new Map<JobLine, Runner>();

  const keepRunning = async (what: string, round: () => Promise<void>, pauseMs: number) => {
    for (let failures = 0; !closing.signal.aborted;) {
      try {
        await round();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) log('warn', `${what} failed; it is tried again`, { error });
      }
      const pause = Math.min(longestPauseMs, pauseMs * 2 ** Math.min(failures, 5));
      await sleep(pause, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };

  const runJobs = async (line: JobLine) => {
    const runner = await run({
      pgPool: pool,
      taskList: line.tasks,
      concurrency: line.jobsAtOnce,
      pollInterval: line.pollMs ?? 2_000,
      noHandleSignals: true,
      parsedCronItems: [],
      preset: {
        worker: {
          localQueue: {
            size: line.takenAtOnce,
            refetchDelay: { durationMs: line.restMs, threshold: 0, maxAbortThreshold: Infinity },
          },
          completeJobBatchDelay: settleTogetherMs,
        },
      },
      logger: jobLogger(log),
    });
    runners.set(line, runner);
    if (closing.signal.aborted) await runner.stop();
    await runner.promise;
  };

  const running = Promise.all([
    ...lines.map((line) => keepRunning('the job queue', () => runJobs(line), 200)),
    keepRunning('a sweep', async () => void (await alone(sweep)), sweepEveryMs),
    keepRunning('adding up calls', count, sweepEveryMs),
  ]);
  let closed: Promise<void> | undefined;
  return {
    close: () =>
      (closed ??= (async () => {
        closing.abort();
        await Promise.all([...runners.values()].map((runner) => runner.stop().catch(() => undefined)));
        await running;
      })()),
  };
}

/** The queue says a good deal that only matters to its makers; failed jobs are errors, the rest is for debugging. */
function jobLogger(log: Log): Logger {
  const levels = { error: 'error', warning: 'debug', info: 'debug', debug: 'debug' } as const;
  return new Logger(() => (level, message, meta) => {
    const error = meta?.['error'] ?? meta?.['reason'];
    log(levels[level], message, error ? { error } : {});
  });
}
