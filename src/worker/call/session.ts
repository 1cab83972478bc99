import type { Log } from '../../telemetry/logger.ts';
import { CallWork } from './call-work.ts';
import { type EndCause, Ending, type Leaving } from './ending.ts';
import { type JoinedRoom, joinRoom } from './join-room.ts';
import { openCall, type OpenedCall, readJobMetadata } from './open-call.ts';
import type { SessionContext } from './session-context.ts';

/** What the worker link was given for one room. */
export type CallJob = {
  jobId: string;
  room: string;
  /** WebSocket address of livekit-server. */
  url: string;
  token: string;
  /** JSON of `JobMetadata`. */
  metadata: string;
};

/** Where a session is, and where it may go from there. */
const next = {
  /** The call is found, and taken. */
  opening: ['preparing', 'leaving', 'written'],
  /** The room is joined, the pipeline built, the greeting spoken into memory. */
  preparing: ['reaching', 'leaving'],
  /** The agent can be heard; the person is on the way. */
  reaching: ['talking', 'leaving'],
  talking: ['leaving'],
  /** The end is decided: it is written, the room is left and then deleted. */
  leaving: ['written'],
  /** Nothing of it is left here. */
  written: [],
} as const;
export type SessionState = keyof typeof next;

/** Takes one job from its room to the end of its call. Nothing of it throws; what goes wrong ends the call with its reason. */
export class Session {
  readonly #job: CallJob;
  readonly #context: SessionContext;
  readonly #ending = new Ending();
  readonly #opened = Promise.withResolvers<OpenedCall | undefined>();
  readonly #over = Promise.withResolvers<EndCause | undefined>();
  readonly #written: Promise<void>;
  #state: SessionState = 'opening';
  #joining: Promise<JoinedRoom> | undefined;
  #work: CallWork | undefined;
  #log: Log;

  constructor(job: CallJob, context: SessionContext) {
    this.#job = job;
    this.#context = context;
    const { log } = context.deps;
    this.#log = (level, message, fields) => log(level, message, { jobId: job.jobId, ...fields });
    this.#written = this.#run()
      .catch((error: unknown) => this.#log('error', 'the session failed', { error }))
      // Whoever joins a room leaves it, whatever fails after.
      .then(async () => (await this.#joining?.catch(() => undefined))?.leave())
      .finally(() => {
        this.#state = 'written';
        this.#opened.resolve(undefined);
        this.#over.resolve(this.#ending.cause);
      });
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Resolved once the call is taken, or with undefined when it is none of ours. */
  get opened(): Promise<OpenedCall | undefined> {
    return this.#opened.promise;
  }

  /** Resolved once the room is left, with the cause; what is still to be written takes no capacity. */
  get over(): Promise<EndCause | undefined> {
    return this.#over.promise;
  }

  /** Resolved once all that it has to tell is written. */
  get written(): Promise<void> {
    return this.#written;
  }

  /** Ends the call at once. */
  end(cause: EndCause): void {
    this.#ending.decide(cause);
  }

  /** The process stops: a person on the line is told goodbye, everything else is left to another process. */
  drain({ goodbye }: { goodbye: boolean }): void {
    const cause: EndCause = { reason: 'drained', hungUpBy: 'parley' };
    if (this.#state === 'talking' && goodbye) this.#work?.farewell(cause);
    else if (this.#state === 'talking' || this.#work?.rings) this.#ending.decide(cause);
    else this.#ending.abandon(this.#work?.dials ? 'not_dialled' : 'person_waits', cause);
  }

  /** LiveKit takes the job back, which says nothing about the call: another session may have it, or it goes on. */
  async terminated(): Promise<void> {
    const opened = await this.#opened.promise;
    await opened?.ownership.held().catch(() => undefined);
  }

  #enter(state: SessionState): void {
    if (!(next[this.#state] as readonly SessionState[]).includes(state))
      throw new Error(`A session that is ${this.#state} cannot be ${state}.`);
    this.#state = state;
  }

  readonly #join = (): Promise<JoinedRoom> => (this.#joining ??= this.#context.joinGate(() => joinRoom(this.#job)));

  async #run(): Promise<void> {
    const found = await this.#open();
    if (!found) return;
    const work = this.#begin(found);
    if ('ended' in found) this.#ending.decide(found.ended);
    else {
      const isReady = Promise.withResolvers<void>();
      const { direction } = found.call;
      const over = this.#ending.decided;
      if (direction !== 'web')
        await this.#context.pace.turn({ isFirst: direction === 'inbound', ready: isReady.promise, over });
      if (!this.#ending.cause) {
        this.#enter('preparing');
        await work.talk({
          ...found,
          join: this.#join,
          onReaching: () => {
            this.#enter('reaching');
            // A phone that rings by itself is answered now, and its caller is greeted before another one is.
            if (direction !== 'inbound') isReady.resolve();
          },
          onTalking: () => {
            this.#enter('talking');
            isReady.resolve();
          },
        });
      }
    }
    await this.#leave(work, await this.#ending.left);
  }

  async #leave(work: CallWork, leaving: Leaving): Promise<void> {
    this.#enter('leaving');
    await work.leave(leaving, await this.#joining?.catch(() => undefined));
    this.#over.resolve(leaving.cause);
    await work.written();
  }

  async #open(): Promise<OpenedCall | undefined> {
    const { leases, owner, deps } = this.#context;
    const metadata = readJobMetadata(this.#job.metadata);
    const found = await openCall({ metadata, join: this.#join, leases, owner: `${owner}/${this.#job.jobId}` }, deps);
    if (!('refused' in found)) return found;
    this.#log('warn', 'the job is not taken', { reason: found.refused, callId: metadata.callId });
    return undefined;
  }

  #begin(found: OpenedCall): CallWork {
    const { deps } = this.#context;
    const { call, ownership, talkedSeconds } = found;
    this.#log = (level, message, fields) => deps.log(level, message, { callId: call.id, ...fields });
    const { traceparent } = readJobMetadata(this.#job.metadata);
    const trace = deps.telemetry.startCall(call, { traceparent });
    this.#work = new CallWork({
      call,
      ownership,
      talkedSeconds,
      trace,
      context: this.#context,
      ending: this.#ending,
      log: this.#log,
    });
    const onLost = () => void this.#ending.abandon('lost');
    if (ownership.lost.aborted) onLost();
    ownership.lost.addEventListener('abort', onLost, { once: true });
    if ('recalled' in found && found.recalled?.calls.length) this.#work.recalled(found.recalled);
    this.#opened.resolve(found);
    return this.#work;
  }
}
