import { type Call, type CallEvent, roomOf } from '../call.ts';
import { endCall } from './end-call.ts';
import type { EndReason } from './end-reason.ts';
import type { CallStore, DispatchRecord, NewEvent, Rooms, WorkerStore } from '../ports.ts';
import { sendAgent } from '../place/send-agent.ts';
import { handOverIn, watchHandedOver } from './watch-handed-over.ts';

/** How long a phone that is being dialled may take to show up in its room. */
const legSeconds = 10;
/** Whoever had the call has waited before; where LiveKit is away for so much longer there is nobody who could hear anything. */
const livekitAwaySeconds = 20;
/** How long a browser call waits for its first session, and a person for a new one; and where a worker is there, or starting. */
const patienceSeconds = 45;
const longPatienceSeconds = 120;

type Deps = { store: CallStore; rooms: Rooms; workers?: Pick<WorkerStore, 'isAnyThere'> };
type Done = 'resumed' | 'watched' | 'ended' | 'left_alone';

/**
 * Deals with a call whose process is gone. With somebody still on the line a new session is asked for, which greets with the
 * agent's apology and knows what was said so far. A phone that still rings is waited for by the new session; it is never
 * dialled again. Two people whom the agent had connected are left to talk, and watched. With nobody there the call ends.
 *
 * Whether the new session may have the call is decided by its lease, not here: of two sessions one is turned away, and the one
 * that has it removes whatever agent it finds in the room. An end is written only while nobody holds the call, and the room is
 * deleted only when it is written.
 * @returns what was done; `watched` when it is to be looked at again soon, `left_alone` when the call is not one that a session could go on with, or it is too early to tell
 */
export async function takeOverCall(deps: Deps, callId: string): Promise<Done> {
  const call = await deps.store.findForDispatch(callId);
  if (!call || call.lease === 'held') return 'left_alone';
  if (call.state === 'dispatching') return dispatchAgain(deps, call);
  if (call.state !== 'dialing' && call.state !== 'ringing' && call.state !== 'in_progress') return 'left_alone';
  const unheldSeconds = call.lease === 'free' ? call.stateSeconds : call.lapsedSeconds;
  const present = await deps.rooms.participants(roomOf(call)).catch((error: unknown) => {
    if (unheldSeconds < livekitAwaySeconds) throw error;
    return undefined;
  });
  const events = call.state === 'in_progress' ? await deps.store.listEvents(call.id) : [];
  const handOver = handOverIn(events);
  if (handOver) return present ? watchHandedOver(deps, { call, handOver, present }) : 'left_alone';
  if (!present) return end(deps, call, call.state === 'in_progress' ? 'media_lost' : 'dial_outcome_unknown');
  if (!present.some(({ kind }) => kind === 'standard' || kind === 'sip')) return endAbandoned(deps, call, events);
  if (!(await isWorthWaiting(deps, unheldSeconds))) return end(deps, call, 'worker_lost');
  // Who has only heard it ring is greeted, not apologised to.
  return dispatchAgain(deps, call, { resume: call.state === 'in_progress' });
}

/** The event with which a session leaves a call whose sound it has lost to whoever can find out who is still there. */
export function lostMedia({ state }: Pick<Call, 'state'>, at = new Date()): NewEvent {
  return { type: 'call.state', at, data: { state, lost: 'media' } };
}

async function endAbandoned(deps: Deps, call: DispatchRecord, events: readonly CallEvent[]): Promise<Done> {
  if (call.state === 'in_progress') {
    const neverTaken = call.leaseOwner === null;
    const last = events.at(-1);
    if (!neverTaken && last?.data['lost'] === 'media') return end(deps, call, 'media_lost', last.at);
    if (!neverTaken) return end(deps, call, 'worker_lost');
    return call.stateSeconds > patienceSeconds ? end(deps, call, 'no_worker') : dispatchAgain(deps, call);
  }
  return call.stateSeconds > legSeconds ? end(deps, call, 'dial_outcome_unknown') : 'left_alone';
}

async function isWorthWaiting({ workers }: Deps, waitedSeconds: number): Promise<boolean> {
  if (waitedSeconds <= patienceSeconds) return true;
  return waitedSeconds <= longPatienceSeconds && (await workers?.isAnyThere()) === true;
}

async function end(
  { store, rooms }: Deps,
  call: DispatchRecord,
  reason: EndReason,
  endedAt = new Date(),
): Promise<'ended' | 'left_alone'> {
  const answered = call.answeredAt !== null;
  const hungUpBy = reason === 'media_lost' ? 'carrier' : 'parley';
  const ended = await endCall({ store }, { callId: call.id, reason, hungUpBy, answered, endedAt, unheldSince: call });
  if (!ended) return 'left_alone';
  // Where LiveKit is down, the room goes when those of ended calls are looked for.
  await rooms.deleteRoom(roomOf(call)).catch(() => undefined);
  return 'ended';
}

async function dispatchAgain(deps: Deps, call: DispatchRecord, options?: { resume: boolean }): Promise<'resumed'> {
  await sendAgent(deps, call, options);
  return 'resumed';
}
