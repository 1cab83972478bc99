import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, type JobAssignment, JobStatus } from '@livekit/protocol';
import type { ProviderHealth } from '../../../pipelines/index.ts';
import type { JobMetadata } from '../../calls/ports.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { Vitals } from '../../telemetry/metrics/event-loop-lag.ts';
import type { Measurement } from '../../telemetry/metrics/measurement-relay.ts';
import type { Measurements } from '../../telemetry/metrics/metric-table.ts';
import type { CallProcessOptions, LostJob } from './call-process-handle.ts';
import { CallProcessPool } from './call-process-pool.ts';
import { readJobMetadata } from '../call/open-call.ts';
import { startWorkerLink, type WorkerLoad } from './worker-link.ts';

export type WorkerHostOptions = {
  livekit: { url: string; apiKey: string; apiSecret: string };
  /** Name under which rooms ask for an agent. */
  agentName: string;
  /** Processes that run calls, and calls per process; 1 call per process isolates each of them. */
  callProcesses: number;
  callsPerProcess: number;
  /** Calls after which a process is replaced by a fresh one. @default 100 */
  callsPerLife?: number | undefined;
  /** Calls at once whose models run on this host; 0 where it has none. */
  embeddedCalls: number;
  /** Whether a job is such a call. */
  usesEngine: (metadata: JobMetadata) => boolean;
  callProcess: CallProcessOptions;
  /** Told when a call process died, with the calls it left without an end. It may fail: the sweeper does the same later. */
  recoverLostCalls: (loss: { process: string; callIds: string[] }) => Promise<void>;
  /** Takes what the call processes measure, and what the host counts. */
  measurements: Measurements & { record(measurement: Measurement): void };
  log: Log;
};

export type WorkerHost = {
  /** Resolved when it is registered with LiveKit and a call process takes calls. */
  ready: Promise<void>;
  /** Whether LiveKit can give it calls now. */
  readonly connected: boolean;
  readonly draining: boolean;
  activeCalls(): number;
  /** Calls it could run at once. */
  capacity(): number;
  /** What the call processes know about the providers they met. */
  providers(): ReturnType<ProviderHealth['snapshot']>;
  /** Places that are taken: calls that run, and calls promised. */
  reserved(): number;
  /** Call processes that take calls. */
  readyProcesses(): number;
  /** The name of its agent, for each call that is in its room. */
  activeAgents(): string[];
  /** How each call process fares. */
  vitals(): Vitals[];
  /** Process ids of the call processes, for measuring. */
  callProcessIds(): number[];
  /** No new calls; running ones may finish for so many seconds, then each hears a goodbye. */
  drain(seconds: number): Promise<void>;
  /** Ends everything. Idempotent. */
  close(): Promise<void>;
};

/** livekit-server gives no job to a worker at 0.7, and forgets the job rather than waiting for one. */
const loadBelowFull = 0.69;
/** How long a place is kept for an assignment that was promised. */
const assignmentMs = 10_000;
const farewellMs = 25_000;
const recoveryPausesMs = [0, 1_000, 5_000, 15_000];
/** How long lost calls wait for a place on this host; a dispatch that finds no place anywhere is forgotten by LiveKit. */
const placeMs = 12_000;

/**
 * The worker as livekit-server sees it. Calls are admitted by reserved capacity: a place is taken when a job is promised,
 * and is free again when the room is left. How busy the machine is for other reasons decides nothing.
 */
export function startWorkerHost(options: WorkerHostOptions): WorkerHost {
  const { log } = options;
  /** Jobs promised to LiveKit or running, and whether each needs the engine. */
  const places = new Map<string, { embedded: boolean; expiry?: NodeJS.Timeout }>();
  let draining = false;
  let closing: Promise<void> | undefined;
  const idle: (() => void)[] = [];

  const promised = () => [...places.values()].filter(({ expiry }) => expiry).length;
  const taken = () => pool.occupied + promised();
  const embeddedTaken = () => [...places.values()].filter(({ embedded }) => embedded).length;
  const isFull = () => draining || taken() >= pool.capacity;

  const load = (): WorkerLoad => ({
    load: isFull() ? 1 : (taken() / pool.capacity) * loadBelowFull,
    full: isFull(),
    jobs: pool.activeCalls,
  });

  const free = (jobId: string) => {
    clearTimeout(places.get(jobId)?.expiry);
    places.delete(jobId);
    link.report();
    if (pool.activeCalls === 0 && promised() === 0) for (const tell of idle.splice(0)) tell();
  };

  const onOffer = (job: Job): boolean => {
    const embedded = needsEngine(job);
    if (isFull() || (embedded && embeddedTaken() >= options.embeddedCalls)) {
      options.measurements.count('parley_worker_refused_calls_total', {});
      log('warn', 'a call is refused: this worker is full, or has not the models for it', {
        jobId: job.id,
        embedded,
        taken: taken(),
      });
      return false;
    }
    places.set(job.id, { embedded, expiry: setTimeout(() => free(job.id), assignmentMs) });
    return true;
  };

  const needsEngine = (job: Job): boolean => {
    try {
      return options.usesEngine(readJobMetadata(job.metadata));
    } catch (error) {
      log('warn', 'the metadata of a job cannot be read', { jobId: job.id, error });
      return false;
    }
  };

  const onAssignment = ({ job, token, url }: JobAssignment) => {
    if (!job) return;
    const place = places.get(job.id) ?? { embedded: needsEngine(job) };
    clearTimeout(place.expiry);
    places.set(job.id, { embedded: place.embedded });
    const { callId } = metadataOf(job);
    const started = pool.start(
      { jobId: job.id, room: job.room?.name ?? '', url: url || options.livekit.url, token, metadata: job.metadata },
      callId,
    );
    if (started) link.reportJob(job.id, JobStatus.JS_RUNNING);
    else {
      log('error', 'a promised call has no process to run in', { jobId: job.id, callId });
      link.reportJob(job.id, JobStatus.JS_FAILED, 'no call process');
      free(job.id);
    }
    link.report();
  };

  const onLost = ({ process, jobs }: { process: string; jobs: LostJob[] }) => {
    for (const { jobId } of jobs) {
      link.reportJob(jobId, JobStatus.JS_FAILED, 'the call process died');
      free(jobId);
    }
    void recover({ process, callIds: jobs.flatMap(({ callId }) => callId ?? []) });
  };

  const recover = async (loss: { process: string; callIds: string[] }) => {
    const deadline = performance.now() + placeMs;
    while (isFull() && !draining && performance.now() < deadline) await sleep(100, undefined, { ref: false });
    for (const pauseMs of recoveryPausesMs) {
      await sleep(pauseMs, undefined, { ref: false });
      try {
        await options.recoverLostCalls(loss);
        return;
      } catch (error) {
        log('warn', 'lost calls could not be dealt with yet', { error, calls: loss.callIds });
      }
    }
  };

  const pool = new CallProcessPool(
    {
      count: options.callProcesses,
      callsPerProcess: options.callsPerProcess,
      callsPerLife: options.callsPerLife,
      process: options.callProcess,
    },
    {
      log,
      events: {
        onCapacity: () => link.report(),
        onOver: ({ jobId, reason }) => {
          const failed = reason === null || reason === 'internal_error';
          link.reportJob(
            jobId,
            failed ? JobStatus.JS_FAILED : JobStatus.JS_SUCCESS,
            failed ? (reason ?? 'not taken') : '',
          );
          free(jobId);
        },
        onMeasured: (measurements) => measurements.forEach((measurement) => options.measurements.record(measurement)),
        onDeath: () => options.measurements.count('parley_worker_call_process_deaths_total', {}),
        onLost,
      },
    },
  );
  const link = startWorkerLink({
    livekit: options.livekit,
    agentName: options.agentName,
    onOffer,
    onAssignment,
    onTermination: (jobId) => pool.terminate(jobId),
    load,
    log,
  });

  const untilIdle = async (withinMs: number): Promise<boolean> => {
    if (pool.activeCalls === 0 && promised() === 0) return true;
    const timer = new AbortController();
    const quiet = new Promise<boolean>((resolve) => idle.push(() => resolve(true)));
    const late = sleep(withinMs, false, { signal: timer.signal }).catch(() => false);
    try {
      return await Promise.race([quiet, late]);
    } finally {
      timer.abort();
    }
  };

  return {
    ready: Promise.all([pool.ready, link.ready]).then(() => undefined),
    get connected() {
      return link.connected;
    },
    get draining() {
      return draining;
    },
    activeCalls: () => pool.activeCalls,
    capacity: () => pool.capacity,
    reserved: taken,
    readyProcesses: () => pool.accepting,
    activeAgents: () => pool.activeAgents(),
    vitals: () => pool.vitals(),
    providers: () => pool.providers(),
    callProcessIds: () => pool.pids(),
    drain: async (seconds) => {
      draining = true;
      link.report();
      log('info', 'draining: no new calls', { calls: pool.activeCalls, seconds });
      if (await untilIdle(seconds * 1000)) return;
      log('info', 'the calls that still run hear a goodbye', { calls: pool.activeCalls });
      pool.farewell();
      await untilIdle(farewellMs);
    },
    close: () => (closing ??= close()),
  };

  async function close(): Promise<void> {
    draining = true;
    link.close();
    await pool.close();
    for (const { expiry } of places.values()) clearTimeout(expiry);
  }
}

function metadataOf(job: Job): JobMetadata {
  try {
    return readJobMetadata(job.metadata);
  } catch {
    return {};
  }
}
