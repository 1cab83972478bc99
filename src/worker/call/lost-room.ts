import { setTimeout as sleep } from 'node:timers/promises';
import { ParticipantKind, type Room } from '@livekit/rtc-node';
import { consultIdentity } from '../../../telephony/index.ts';
import type { Rooms } from '../../calls/ports.ts';
import type { Log } from '../../telemetry/logger.ts';
import { allSettled } from './all-settled.ts';
import { type Ending, mediaLost } from './ending.ts';
import type { Ownership } from './ownership.ts';

/** How long a person may take to come back to a room that LiveKit took from us. */
const returnMs = 12_000;
const askAgainMs = 500;

/**
 * The room is lost to us: LiveKit removed the agent, or deleted the room, or went away. None of that is a hang-up. A person who is
 * there, or comes back within a while, gets another session; without one the call is over. Where LiveKit cannot be asked who is
 * there, as where only our node of it died, the sweeper finds out.
 */
export async function followLostRoom(
  room: string,
  { rooms, ending, waited, at }: { rooms: Pick<Rooms, 'participants'>; ending: Ending; waited: boolean; at: Date },
): Promise<void> {
  const cause = { ...mediaLost, at };
  const deadline = performance.now() + (waited ? 0 : returnMs);
  while (!ending.cause) {
    const present = await rooms.participants(room).catch(() => undefined);
    if (present?.some(({ kind }) => kind === 'standard' || kind === 'sip')) ending.abandon('person_waits', cause);
    else if (performance.now() < deadline)
      await sleep(askAgainMs, undefined, { signal: ending.signal }).catch(() => undefined);
    else if (present) ending.decide(cause);
    else ending.abandon('person_waits', cause);
  }
}

/**
 * Removes whatever agent is in the room of a call that is ours by now: who had it before may sit there, stalled, and would speak
 * when it wakes. Whoever was being briefed goes with the agent that briefed them.
 */
export async function evictOthers(
  room: Room,
  { ownership, rooms, log }: { ownership: Ownership; rooms: Pick<Rooms, 'removeParticipant'>; log: Log },
): Promise<void> {
  const others = [...room.remoteParticipants.values()].filter(
    ({ info, identity }) => info.kind === ParticipantKind.AGENT || identity === consultIdentity,
  );
  // Whoever stalled on the way here may meet the one that has the call now. Who was there before the answer cannot be that one.
  if (others.length === 0 || !(await ownership.held())) return;
  await allSettled(
    'removing another agent',
    log,
    others.map(({ identity }) => rooms.removeParticipant(room.name ?? '', identity)),
  );
}
