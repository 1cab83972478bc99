import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { extname } from 'node:path';
import type { Log } from '../../telemetry/logger.ts';
import type { Vitals } from '../../telemetry/metrics/event-loop-lag.ts';
import type { Measurement } from '../../telemetry/metrics/measurement-relay.ts';
import type { FromCallProcess, ProviderNews, ToCallProcess } from './ipc.ts';
import type { CallJob } from '../call/session.ts';

export type CallProcessOptions = {
  /** Handed to `compose` of the process; JSON. */
  config: unknown;
  /** The environment of the process. */
  environment: Readonly<Record<string, string | undefined>>;
  /** @default `call-process-main` beside this file */
  entry?: URL;
  /** @default true */
  raceShim?: boolean;
  /** A process that answers no ping for so long is killed, and so are its calls. @default 20 */
  hungSeconds?: number | undefined;
};

/** A call, as the host knows it. */
type Job = { callId: string | undefined; agent: string | undefined; over: boolean };

/** A job that died with its process, and its call, where that is known. */
export type LostJob = { jobId: string; callId: string | undefined };

export type CallProcessEvents = {
  onReady(): void;
  /** It takes no more calls; the ones it has go on. */
  onRetiring(): void;
  onOver(job: { jobId: string; callId: string | undefined; reason: string | null }): void;
  onProvider(news: ProviderNews): void;
  onMeasured(measurements: Measurement[]): void;
  /** The process is gone; these calls have no recorded end. */
  onExit(exit: { code: number | null; signal: string | null; lost: LostJob[] }): void;
};

/**
 * V8 keeps a young generation of up to 200 MB that a call process has no use for; 8 MB keep the memory of a call near 9 MB.
 * Its helper threads for collecting that little garbage only take the cores from the audio. `--optimize-for-size` saves a
 * few megabytes more, but starves ten calls that begin at once on a busy machine. The thread pool runs voice detection and
 * name look-ups of all calls.
 */
const v8Flags = ['--max-semi-space-size=8', '--single-threaded-gc'];
const threadPoolSize = '8';

const pingEveryMs = 5_000;
/** Starting takes seconds, on a machine whose cores others have much longer; a kill would only have it begin again. */
const startMs = 180_000;
const exitMs = 10_000;

/** One forked call process: its calls, its health, its end. */
export class CallProcessHandle {
  /** Its name among all processes that ever were; its sessions are owners whose names begin with it. */
  readonly owner: string;
  readonly #child: ChildProcess;
  readonly #log: Log;
  readonly #jobs = new Map<string, Job>();
  readonly #exited = Promise.withResolvers<void>();
  readonly #startedMs = performance.now();
  readonly #hungMs: number;
  readonly #pingMs: number;
  #state: 'starting' | 'ready' | 'retiring' | 'exited' = 'starting';
  /** Pings since it was last heard. Pings and not time: when it is this process that was stopped, nobody else is silent. */
  #unanswered = 0;
  #vitals: Vitals | undefined;
  #callsTaken = 0;

  constructor(options: CallProcessOptions, { events, log }: { events: CallProcessEvents; log: Log }) {
    const entry = options.entry ?? new URL(`./call-process-main${extname(import.meta.url)}`, import.meta.url);
    this.#child = fork(entry, options.raceShim === false ? ['--no-race-shim'] : [], {
      execArgv: v8Flags,
      // Otherwise @livekit/rtc-node writes debug lines to standard output.
      env: { ...options.environment, NODE_ENV: 'production', UV_THREADPOOL_SIZE: threadPoolSize },
    });
    this.owner = `${this.#child.pid}-${randomBytes(6).toString('hex')}`;
    this.#log = log;
    this.#hungMs = (options.hungSeconds ?? 20) * 1000;
    this.#pingMs = Math.min(pingEveryMs, this.#hungMs / 4);
    this.#child.on('message', (message) => this.#hear(message as FromCallProcess, events));
    const onExit = (code: number | null, signal: string | null) => {
      if (this.#state === 'exited') return;
      clearInterval(pinging);
      this.#state = 'exited';
      const lost = [...this.#jobs].map(([jobId, { callId }]) => ({ jobId, callId }));
      this.#jobs.clear();
      events.onExit({ code, signal, lost });
      this.#exited.resolve();
    };
    this.#child.once('exit', onExit);
    this.#child.on('error', (error) => {
      log('error', 'a call process could not be started or reached', { error });
      if (this.#child.pid === undefined) onExit(null, null);
    });
    const pinging = setInterval(() => this.#watch(), this.#pingMs);
    this.#send({ type: 'configure', config: options.config, owner: this.owner });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get acceptsCalls(): boolean {
    return this.#state === 'ready';
  }

  get exited(): boolean {
    return this.#state === 'exited';
  }

  get upSeconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  /** Calls since its start. */
  get callsTaken(): number {
    return this.#callsTaken;
  }

  /** Calls that are in their room, or on the way there. */
  get activeCalls(): number {
    return [...this.#jobs.values()].filter(({ over }) => !over).length;
  }

  /** The agents of those calls, once they are known. */
  activeAgents(): string[] {
    return [...this.#jobs.values()].flatMap(({ agent, over }) => (agent && !over ? [agent] : []));
  }

  /** As of its last answer to a ping; of a process that is gone there are none. */
  get vitals(): Vitals | undefined {
    return this.exited ? undefined : this.#vitals;
  }

  has(jobId: string): boolean {
    return this.#jobs.get(jobId)?.over === false;
  }

  start(job: CallJob, callId: string | undefined): void {
    this.#callsTaken += 1;
    this.#jobs.set(job.jobId, { callId, agent: undefined, over: false });
    this.#send({ type: 'start', job });
  }

  terminate(jobId: string): void {
    this.#send({ type: 'terminate', jobId });
  }

  tell(news: ProviderNews): void {
    this.#send(news);
  }

  farewell(): void {
    this.#send({ type: 'farewell' });
  }

  /** No new calls; it exits once its calls are over. */
  retire(): void {
    if (this.#state === 'ready') this.#state = 'retiring';
    if (this.#jobs.size === 0) void this.close(exitMs);
  }

  /** Ends its calls and waits for it to exit; kills it when that takes longer. Idempotent. */
  async close(withinMs: number): Promise<void> {
    if (this.#state === 'exited') return;
    this.#state = 'retiring';
    this.#send({ type: 'close' });
    const timer = setTimeout(() => this.kill(), withinMs);
    await this.#exited.promise;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #hear(message: FromCallProcess, events: CallProcessEvents): void {
    this.#unanswered = 0;
    if (message.type === 'ready') {
      if (this.#state === 'starting') this.#state = 'ready';
      events.onReady();
    } else if (message.type === 'opened') {
      const job = this.#jobs.get(message.jobId);
      const { callId, agent } = message;
      if (job) Object.assign(job, { callId, agent });
    } else if (message.type === 'over') {
      const job = this.#jobs.get(message.jobId);
      if (job) job.over = true;
      events.onOver({ jobId: message.jobId, callId: job?.callId, reason: message.reason });
    } else if (message.type === 'written') {
      this.#jobs.delete(message.jobId);
      if (this.#state === 'retiring') this.retire();
    } else if (message.type === 'retiring') {
      this.retire();
      events.onRetiring();
    } else if (message.type === 'provider') events.onProvider(message);
    else if (message.type === 'measured') events.onMeasured(message.measurements);
    else if (message.type === 'pong') this.#vitals = message.vitals;
  }

  #watch(): void {
    const silentMs = this.#unanswered * this.#pingMs;
    if (silentMs > (this.#state === 'starting' ? startMs : this.#hungMs)) {
      this.#log('error', 'a call process hangs and is killed', { pid: this.pid, silentSeconds: silentMs / 1000 });
      this.kill();
      return;
    }
    this.#unanswered += 1;
    this.#send({ type: 'ping' });
  }

  #send(message: ToCallProcess): void {
    if (this.#child.connected) this.#child.send(message);
  }
}
