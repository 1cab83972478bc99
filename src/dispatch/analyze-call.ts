import type { Task } from 'graphile-worker';
import type { JobQueue } from '../calls/admission/dispatch-ports.ts';
import { type AnalyzeDependencies, analyzeCall } from '../calls/result/analyze-call.ts';
import type { AnalyzeJob } from '../calls/result/request-analysis.ts';
import type { Log } from '../telemetry/logger.ts';

const minute = 60;
const hour = 60 * minute;

/** Seconds to wait after each failed attempt: three days, as webhooks have. */
const pausesSeconds = [
  10,
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  12 * hour,
  20 * hour,
  24 * hour,
];

/** Payload `AnalyzeJob`. A model that is down delays a result: the job comes back until it is there, or its time is over. */
export function analyzeCallTask(deps: AnalyzeDependencies & { jobs: Pick<JobQueue, 'enqueue'>; log: Log }): Task {
  const { jobs, log } = deps;
  return async (payload) => {
    const { callId, run, attempt = 0 } = payload as AnalyzeJob;
    const pause = pausesSeconds[attempt];
    try {
      await analyzeCall({ callId, run, isLast: pause === undefined }, deps);
    } catch (error) {
      if (pause === undefined) throw error;
      log('warn', 'the result of a call cannot be found out yet; it is tried again', { callId, pause, error });
      const next: AnalyzeJob = { callId, run, attempt: attempt + 1 };
      const runAt = { inSeconds: pause };
      await jobs.enqueue({ task: 'analyze-call', payload: next, runAt, key: `analyze:${callId}` });
    }
  };
}
