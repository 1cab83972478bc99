import { setTimeout as sleep } from 'node:timers/promises';
import { createProviderHealth, type ProviderHealth, type ProviderName } from '../../../pipelines/index.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { Vitals } from '../../telemetry/metrics/event-loop-lag.ts';
import type { Measurement } from '../../telemetry/metrics/measurement-relay.ts';
import { CallProcessHandle, type CallProcessOptions, type LostJob } from './call-process-handle.ts';
import type { ProviderNews } from './ipc.ts';
import type { CallJob } from '../call/session.ts';

const longestRestartMs = 30_000;
/** A process that lived so long had no trouble starting. */
const settledSeconds = 60;
const closeMs = 15_000;
/**
 * Of every room that it was in, livekit-ffi keeps half a megabyte for good (0.12.73, the newest that `@livekit/rtc-node`
 * brings; fixed in 0.12.77). So a process is renewed after so many calls.
 */
const callsPerLife = 100;

export type PoolOptions = {
  /** Processes. */
  count: number;
  /** Calls at once. */
  callsPerProcess: number;
  /** Calls after which a process is replaced by a fresh one. @default 100 */
  callsPerLife?: number | undefined;
  process: CallProcessOptions;
};

export type PoolEvents = {
  /** A process came or went: the capacity is another. */
  onCapacity: () => void;
  onOver: (job: { jobId: string; callId: string | undefined; reason: string | null }) => void;
  onMeasured: (measurements: Measurement[]) => void;
  /** A process ended that was not to. */
  onDeath: () => void;
  /** A process died with these jobs. */
  onLost: (loss: { process: string; jobs: LostJob[] }) => void;
};

/**
 * The call processes of a host. One that dies is replaced, ever more slowly when its successors die as well; one that had
 * many calls gets no more of them once another has taken its place.
 */
export class CallProcessPool {
  readonly #options: PoolOptions;
  readonly #events: PoolEvents;
  readonly #log: Log;
  readonly #closing = new AbortController();
  readonly #firstReady = Promise.withResolvers<void>();
  readonly #processes = new Set<CallProcessHandle>();
  /** Those whose place another has, or will have. */
  readonly #replaced = new WeakSet<CallProcessHandle>();
  #renewing = false;
  /** What the processes learned; kept here for those that come later. */
  readonly #providers = createProviderHealth();

  constructor(options: PoolOptions, { events, log }: { events: PoolEvents; log: Log }) {
    this.#options = options;
    this.#events = events;
    this.#log = log;
    for (let started = 0; started < options.count; started += 1) this.#startProcess();
  }

  /** Resolved when the first process takes calls. */
  get ready(): Promise<void> {
    return this.#firstReady.promise;
  }

  /** Calls the processes that are there could run. */
  get capacity(): number {
    return this.#accepting().length * this.#options.callsPerProcess;
  }

  get activeCalls(): number {
    return [...this.#processes].reduce((sum, process) => sum + process.activeCalls, 0);
  }

  /** Calls that take of `capacity`: those of processes that are being retired do not. */
  get occupied(): number {
    return this.#accepting().reduce((sum, process) => sum + process.activeCalls, 0);
  }

  /** Processes that take calls. */
  get accepting(): number {
    return this.#accepting().length;
  }

  /** One entry per call that is in its room: the name of its agent. */
  activeAgents(): string[] {
    return [...this.#processes].flatMap((process) => process.activeAgents());
  }

  /** How each process fares that has said so. */
  vitals(): Vitals[] {
    return [...this.#processes].flatMap(({ vitals }) => vitals ?? []);
  }

  /** What the processes know about the providers they met. */
  providers(): ReturnType<ProviderHealth['snapshot']> {
    return this.#providers.snapshot();
  }

  pids(): number[] {
    return [...this.#processes].flatMap(({ pid }) => pid ?? []);
  }

  /** Gives the job to the least busy process. False: none has room. */
  start(job: CallJob, callId: string | undefined): boolean {
    const [process] = this.#accepting()
      .filter(({ activeCalls }) => activeCalls < this.#options.callsPerProcess)
      .toSorted((a, b) => a.activeCalls - b.activeCalls);
    if (!process) return false;
    process.start(job, callId);
    if (process.callsTaken >= (this.#options.callsPerLife ?? callsPerLife)) this.#renew(process);
    return true;
  }

  terminate(jobId: string): void {
    for (const process of this.#processes) if (process.has(jobId)) process.terminate(jobId);
  }

  farewell(): void {
    for (const process of this.#processes) process.farewell();
  }

  /** Ends all calls and processes. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#providers.close();
    await Promise.all([...this.#processes].map((process) => process.close(closeMs)));
  }

  #spread(news: ProviderNews, from: CallProcessHandle): void {
    this.#providers.adopt(news.provider, news.circuit);
    for (const process of this.#processes) if (process !== from) process.tell(news);
  }

  #accepting(): CallProcessHandle[] {
    return [...this.#processes].filter(({ acceptsCalls }) => acceptsCalls);
  }

  /** One at a time: starting a process takes a core for a second. */
  #renew(worn: CallProcessHandle): void {
    if (this.#renewing || this.#replaced.has(worn)) return;
    this.#renewing = true;
    this.#replaced.add(worn);
    this.#startProcess(worn);
  }

  /**
   * `worn` takes calls until the new process does. `deaths`: of those that had this place before, one after the other. They
   * are not counted over all places: when several die of one cause, whose callers wait, each is to be back at once.
   */
  #startProcess(worn?: CallProcessHandle, deaths = 0): void {
    let relieves = worn;
    const replace = () => {
      if (this.#replaced.has(process) || this.#closing.signal.aborted) return;
      this.#replaced.add(process);
      void this.#startLater(relieves, process.upSeconds > settledSeconds ? 0 : deaths + 1);
    };
    const process: CallProcessHandle = new CallProcessHandle(this.#options.process, {
      log: this.#log,
      events: {
        onReady: () => {
          this.#log('info', 'a call process takes calls', { pid: process.pid, insteadOf: relieves?.pid });
          relieves?.retire();
          if (relieves) this.#renewing = false;
          relieves = undefined;
          for (const [provider, circuit] of Object.entries(this.#providers.snapshot()))
            process.tell({ type: 'provider', provider: provider as ProviderName, circuit });
          this.#firstReady.resolve();
          this.#events.onCapacity();
        },
        onRetiring: replace,
        onOver: this.#events.onOver,
        onProvider: (news) => this.#spread(news, process),
        onMeasured: this.#events.onMeasured,
        onExit: ({ code, signal, lost }) => {
          this.#processes.delete(process);
          if (!this.#closing.signal.aborted && (code !== 0 || lost.length > 0)) {
            this.#events.onDeath();
            this.#log('error', 'a call process died', { pid: process.pid, code, signal, calls: lost.length });
          }
          if (lost.length > 0) this.#events.onLost({ process: process.owner, jobs: lost });
          this.#events.onCapacity();
          replace();
        },
      },
    });
    this.#processes.add(process);
  }

  async #startLater(worn: CallProcessHandle | undefined, deaths: number): Promise<void> {
    const pauseMs = Math.min(longestRestartMs, deaths <= 1 ? 0 : 250 * 2 ** deaths);
    await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    if (!this.#closing.signal.aborted) this.#startProcess(worn, deaths);
  }
}
