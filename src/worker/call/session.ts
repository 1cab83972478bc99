import type { Log } from '../../telemetry/logger.ts';
import { CallWork } from './call-work.ts';
import type { CallProcessDependencies } from '../dependencies.ts';
import { type EndCause, Ending } from './ending.ts';
import { prepareInTurn } from './prepare-in-turn.ts';
import { joinRoom } from './join-room.ts';
import { openCall, type OpenedCall, readJobMetadata } from './open-call.ts';
import type { SpeechCache } from '../sound/speech-cache.ts';

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

/** What the sessions of a process share. */
export type SessionContext = {
  deps: CallProcessDependencies;
  /** Holder of the leases. */
  owner: string;
  cache: SpeechCache;
  /** The calls that its sessions have; LiveKit may send two sessions for one call to the same process. */
  heldHere: Set<string>;
  /** Bounds how many rooms are joined at once: each peaks at some thirty native threads. */
  joinGate: <T>(task: () => Promise<T>) => Promise<T>;
  /** Bounds how many phones are prepared for at once. */
  prepareGate: <T>(task: () => Promise<T>) => Promise<T>;
  /** Aborted when the end of a call is no longer to be repeated. */
  patience: AbortSignal;
};

export type Session = {
  /** Known once the call is opened. */
  readonly callId: string | undefined;
  /** Name of its agent, likewise. */
  readonly agent: string | undefined;
  /** Whether its lease is to be renewed: until its end is written, or another session has it. */
  readonly live: boolean;
  /** Resolved once the call is opened, with its id, or with undefined when it is none of ours. */
  opened: Promise<string | undefined>;
  /** Resolved once the room is left, with the cause; what is still to be written takes no capacity. */
  over: Promise<EndCause | undefined>;
  /** Resolved once its end is written. */
  written: Promise<void>;
  /** Ends it at once. */
  end(cause: EndCause): void;
  /** Says goodbye first where somebody can hear it. */
  farewell(cause: EndCause): void;
};

/** Takes one job from its room to the end of its call. Never throws; what goes wrong ends the call with its reason. */
export function startSession(job: CallJob, context: SessionContext): Session {
  const { deps } = context;
  const ending = new Ending();
  const opened = Promise.withResolvers<string | undefined>();
  const over = Promise.withResolvers<EndCause | undefined>();
  let callId: string | undefined;
  let agent: string | undefined;
  let live = false;
  let work: CallWork | undefined;
  let log: Log = (level, message, fields) => deps.log(level, message, { jobId: job.jobId, ...fields });
  const join = () => context.joinGate(() => joinRoom(job));

  /** Lets another session have the call. */
  const release = () => {
    if (live && callId) context.heldHere.delete(callId);
    live = false;
  };

  const run = async () => {
    const found = await open();
    if (!found) return;
    const { traceparent } = readJobMetadata(job.metadata);
    const trace = deps.telemetry.startCall(found.call, { traceparent });
    work = new CallWork({ call: found.call, trace, context, ending, log });
    const joining = found.joined;
    if ('ended' in found) ending.decide(found.ended);
    else {
      const prepared = Promise.withResolvers<void>();
      if (found.call.direction === 'outbound' && found.call.state === 'dispatching')
        await prepareInTurn(context.prepareGate, { prepared: prepared.promise, over: ending.decided });
      if (!ending.cause)
        await work.talk({
          ...found,
          join: () => (joining ? Promise.resolve(joining) : join()),
          onPrepared: () => prepared.resolve(),
        });
    }
    const cause = await ending.decided;
    if (cause.abandoned) release();
    await work.leave(cause, joining);
    over.resolve(cause);
    if (!cause.abandoned) await work.write(cause, 'agent' in found ? found.agent : undefined);
  };

  const open = async (): Promise<Exclude<OpenedCall, { refused: string }> | undefined> => {
    const metadata = readJobMetadata(job.metadata);
    const found = await openCall({ metadata, join, owner: context.owner, heldHere: context.heldHere }, deps);
    if ('refused' in found) {
      log('warn', 'the job is not taken', { reason: found.refused, callId: metadata.callId });
      await found.joined?.leave();
      return undefined;
    }
    callId = found.call.id;
    agent = found.call.agent;
    live = true;
    log = (level, message, fields) => deps.log(level, message, { callId, ...fields });
    opened.resolve(callId);
    return found;
  };

  const written = run()
    .catch((error: unknown) => log('error', 'the session failed', { error }))
    .finally(() => {
      release();
      opened.resolve(undefined);
      over.resolve(ending.cause);
    });
  return {
    get callId() {
      return callId;
    },
    get agent() {
      return agent;
    },
    get live() {
      return live;
    },
    opened: opened.promise,
    over: over.promise,
    written,
    end: (cause) => void ending.decide(cause),
    farewell: (cause) => (work ? work.farewell(cause) : void ending.decide(cause)),
  };
}
