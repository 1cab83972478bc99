import type { Log } from '../../telemetry/logger.ts';
import { watchIdleMemory } from '../../telemetry/idle-memory.ts';
import { watchVitals } from '../../telemetry/metrics/event-loop-lag.ts';
import type { CallProcessDependencies } from '../dependencies.ts';
import { createGate } from '../call/gate.ts';
import type { FromCallProcess, ToCallProcess } from './ipc.ts';
import { Leases } from '../call/leases.ts';
import { Pace, watchLateness } from '../call/pace.ts';
import { startSdk } from '../conversation/sdk-pins.ts';
import type { SessionContext } from '../call/session-context.ts';
import { type CallJob, Session } from '../call/session.ts';
import { SpeechCache } from '../sound/speech-cache.ts';

/** The end of the wire to the host. */
export type HostPort = {
  send(message: FromCallProcess): void;
  onMessage(listener: (message: ToCallProcess) => void): void;
  /** The host is gone. */
  onDisconnect(listener: () => void): void;
};

const roomsJoinedAtOnce = 4;
const callsBegunAtOnce = 4;
/** How long the end of a call is repeated while the database is away, and when nobody waits for this process any more. */
const patienceMs = 15 * 60_000;
const orphanPatienceMs = 60_000;

/**
 * Runs the calls of one process until the host wants no more. When the host is gone the calls that run go on to their
 * end, and the process with them.
 *
 * @param compose Makes everything a call works with from what the host sent.
 */
export async function runCallProcess({
  port,
  compose,
}: {
  port: HostPort;
  compose: (config: unknown) => Promise<CallProcessDependencies>;
}): Promise<void> {
  const vitals = watchVitals();
  const closing = Promise.withResolvers<'close' | 'orphaned'>();
  const configured = Promise.withResolvers<{ config: unknown; owner: string }>();
  const process = configured.promise.then(
    async ({ config, owner }) => new Calls(await compose(config), { port, owner }),
  );
  port.onMessage((message) => {
    if (message.type === 'configure') configured.resolve(message);
    else if (message.type === 'ping') port.send({ type: 'pong', vitals: vitals.take() });
    else if (message.type === 'close') closing.resolve('close');
    else void process.then((calls) => calls.obey(message));
  });
  port.onDisconnect(() => closing.resolve('orphaned'));
  const calls = await process;
  const memory = watchIdleMemory({ isFree: () => calls.count === 0 });
  port.send({ type: 'ready' });
  await ((await closing.promise) === 'close' ? calls.end() : calls.finish());
  memory.close();
  vitals.close();
}

class Calls {
  readonly #sessions = new Map<string, Session>();
  readonly #deps: CallProcessDependencies;
  readonly #leases: Leases;
  readonly #loop = watchLateness();
  readonly #port: HostPort;
  readonly #context: SessionContext;
  readonly #log: Log;
  readonly #impatience = new AbortController();

  constructor(deps: CallProcessDependencies, { port, owner }: { port: HostPort; owner: string }) {
    this.#deps = deps;
    this.#port = port;
    this.#log = deps.log;
    this.#leases = new Leases({ store: deps.calls, log: deps.log });
    startSdk(deps.log);
    deps.measurements.sendTo((measurements) => port.send({ type: 'measured', measurements }));
    deps.providerHealth.onChange((provider, circuit) => port.send({ type: 'provider', provider, circuit }));
    this.#context = {
      deps,
      owner,
      cache: new SpeechCache(),
      leases: this.#leases,
      joinGate: createGate(roomsJoinedAtOnce),
      pace: new Pace({ atOnce: callsBegunAtOnce, loop: this.#loop }),
      patience: this.#impatience.signal,
    };
  }

  get count(): number {
    return this.#sessions.size;
  }

  obey(message: Extract<ToCallProcess, { type: 'start' | 'terminate' | 'farewell' | 'provider' }>): void {
    if (message.type === 'start') this.#start(message.job);
    else if (message.type === 'provider') this.#deps.providerHealth.adopt(message.provider, message.circuit);
    else if (message.type === 'terminate') void this.#sessions.get(message.jobId)?.terminated();
    else for (const session of this.#sessions.values()) session.drain({ goodbye: true });
  }

  #start(job: CallJob): void {
    const { jobId } = job;
    const session = new Session(job, this.#context);
    this.#sessions.set(jobId, session);
    void session.opened.then((opened) => {
      if (opened) this.#port.send({ type: 'opened', jobId, callId: opened.call.id, agent: opened.call.agent });
    });
    void session.over.then((cause) => this.#port.send({ type: 'over', jobId, reason: cause?.reason ?? null }));
    void session.written.then(() => {
      this.#sessions.delete(jobId);
      this.#port.send({ type: 'written', jobId });
    });
  }

  /** Ends every call, and resolves when all is written. */
  async end(): Promise<void> {
    for (const session of this.#sessions.values()) session.drain({ goodbye: false });
    await this.#finish(patienceMs);
  }

  /** Lets every call come to its own end. */
  async finish(): Promise<void> {
    if (this.#sessions.size > 0) this.#log('warn', 'the host is gone; the calls of this process go on without it', {});
    await Promise.all([...this.#sessions.values()].map((session) => session.over));
    await this.#finish(orphanPatienceMs);
  }

  async #finish(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#impatience.abort(), withinMs);
    await Promise.all([...this.#sessions.values()].map((session) => session.written));
    clearTimeout(timer);
    this.#impatience.abort();
    this.#leases.close();
    this.#loop.close();
    await this.#deps.close();
    // After the last spans, whose fate is counted too.
    this.#deps.measurements.close();
  }
}
