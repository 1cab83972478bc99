import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, roomOf } from '../../calls/call.ts';
import { lostMedia, takeOverCall } from '../../calls/end/take-over-call.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallProcessDependencies } from '../dependencies.ts';
import { allSettled } from './all-settled.ts';
import type { CallAccount, Facts } from './call-account.ts';
import type { Abandonment, EndCause, Leaving } from './ending.ts';
import type { JoinedRoom } from './join-room.ts';
import type { Ownership } from './ownership.ts';

/** The database has so long to take the end before the room may go. */
const soonMs = 2_000;
/** A phone that could not be dialled is tried again after that; ten minutes long, if need be. */
const notDialledPauseSeconds = 5;
const mostTries = 120;

type Parts = {
  call: Call;
  ownership: Ownership;
  account: CallAccount;
  facts: Facts;
  joined: JoinedRoom | undefined;
  deps: Pick<CallProcessDependencies, 'calls' | 'rooms'>;
  log: Log;
};

/**
 * Leaves a call and its room. The end is written first and the room deleted then: an ended call is nobody's, so nobody can have
 * taken it over in between, however long this process stalls. Only where the database does not answer soon, and the lease is surely
 * still ours, may the room go first. It is left before it is deleted, or a native thread of its track would stay. Never throws.
 */
export async function leaveCall(leaving: Leaving, parts: Parts): Promise<void> {
  const { call, joined, ownership, log } = parts;
  const room = joined?.room.name ?? roomOf(call);
  // What LiveKit cannot do now the sweeper does later.
  const deleteRoom = () => allSettled('deleting the room', log, [parts.deps.rooms.deleteRoom(room)]);
  const fate = write(leaving, parts).catch((error: unknown) => {
    log('error', 'how the call was left could not be written; the sweeper looks after it', { error });
    return 'kept' as const;
  });
  const soon = await Promise.race([fate, sleep(soonMs, 'unwritten' as const, { ref: false })]);
  await joined?.leave();
  const mayGo = soon === 'unwritten' ? leaving.how === 'conclude' && ownership.surelyHeld : soon === 'deleted';
  if (mayGo) await deleteRoom();
  else if (soon === 'unwritten') void fate.then((late) => (late === 'deleted' ? deleteRoom() : undefined));
}

/** Writes how the call is left. @returns what is to become of its room */
async function write(leaving: Leaving, parts: Parts): Promise<'deleted' | 'kept'> {
  if (leaving.how === 'conclude') return conclude(leaving.cause, parts);
  await abandonments[leaving.why](parts, leaving.cause);
  return 'kept';
}

async function conclude(
  cause: EndCause,
  { account, facts, log }: Pick<Parts, 'account' | 'facts' | 'log'>,
): Promise<'deleted' | 'kept'> {
  // Where nobody has left before, the line lasts until now.
  const concluded = await account.conclude(cause, { ...facts, endedAt: cause.at ?? new Date() });
  if (concluded !== 'not_ours') return 'deleted';
  log('info', 'the call is somebody else’s by now; it is left to them', {});
  return 'kept';
}

/** What is done for a call that goes on with another owner. */
const abandonments: Record<Abandonment, (parts: Parts, cause: EndCause) => Promise<unknown>> = {
  lost: async () => undefined,

  handed_over: async ({ account, facts, log }) => {
    account.report(facts);
    await account.handBack();
    log('info', 'two people go on talking; the sweeper watches the call');
  },

  person_waits: async ({ call, account, facts, deps, log }, { reason, at }) => {
    account.report(facts);
    if (reason === 'media_lost') account.log.add({ events: [lostMedia(call, at)] });
    if (!(await account.handBack())) return;
    log('info', 'the call is left to another session');
    await takeOverCall({ store: deps.calls, rooms: deps.rooms }, call.id);
  },

  not_dialled: async (parts, cause) => {
    const { call, account, deps } = parts;
    const events = await deps.calls.listEvents(call.id);
    const tries = events.filter(({ data }) => data['not_dialled'] !== undefined).length;
    const pauseSeconds = cause.reason === 'drained' ? 0 : notDialledPauseSeconds;
    if (tries < mostTries && (await account.requeue(pauseSeconds, cause.detail ?? cause.reason))) return;
    await conclude(cause, parts);
  },
};
