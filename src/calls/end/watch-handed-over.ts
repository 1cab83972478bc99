import { consultIdentity } from '../../../telephony/index.ts';
import { type CallEvent, roomOf } from '../call.ts';
import { endCall } from './end-call.ts';
import type { CallStore, DispatchRecord, Rooms } from '../ports.ts';

/** The longest that two people are left talking whom an agent connected; livekit-sip is told the same. */
export const longestTalkSeconds = 4 * 3600;
/** Holds the lease of a call in which two people talk and no session is left. */
const watcher = 'watcher';
/** How long after one of the two has left the other may go on hearing silence, at most. */
const lookEverySeconds = 5;

/** The event that tells that the call was handed to somebody else, if it was. */
export function handOverIn(events: readonly CallEvent[]): CallEvent | undefined {
  return events.find(({ type, data }) => type === 'call.transferred' && data['outcome'] === 'transferred');
}

/** Whether a session had the call and has it no more, so that nobody hears a command. */
export function hasNoSession({ leaseOwner, lease }: Pick<DispatchRecord, 'leaseOwner' | 'lease'>): boolean {
  return leaseOwner === watcher || lease === 'lapsed';
}

/**
 * Looks at a call that was handed over, and whose agent has gone. While both people are there they are left to talk, and are
 * looked at again. When one has left the other is hung up on, and the call ends; likewise after the longest time.
 */
export async function watchHandedOver(
  { store, rooms }: { store: CallStore; rooms: Rooms },
  {
    call,
    handOver,
    present,
  }: { call: DispatchRecord; handOver: CallEvent; present: { identity: string; kind: string }[] },
): Promise<'watched' | 'ended' | 'left_alone'> {
  const people = present.filter(({ kind }) => kind === 'standard' || kind === 'sip');
  const consulted = people.some(({ identity }) => identity === consultIdentity);
  const ownSeconds = (call.limits.maxMinutes ?? Number.POSITIVE_INFINITY) * 60;
  // Both times are the session's; how long it all has lasted the database tells.
  const lastedSeconds = call.stateSeconds;
  const aloneSeconds = call.answeredAt ? (handOver.at.getTime() - call.answeredAt.getTime()) / 1000 : 0;
  const talkSeconds = lastedSeconds - Math.min(Math.max(aloneSeconds, 0), lastedSeconds);
  if (consulted && people.length > 1 && talkSeconds < longestTalkSeconds && lastedSeconds < ownSeconds)
    return (await store.takeLease({ callId: call.id, owner: watcher, seconds: lookEverySeconds }))
      ? 'watched'
      : 'left_alone';
  const hungUpBy = handOver.data['by'] === 'operator' ? 'operator' : 'agent';
  const ended = await endCall({ store }, { callId: call.id, reason: 'transferred', hungUpBy, unheldSince: call });
  if (!ended) return 'left_alone';
  await rooms.deleteRoom(roomOf(call));
  return 'ended';
}
