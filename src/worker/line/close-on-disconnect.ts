import { DisconnectReason, ParticipantKind, type Room, RoomEvent } from '@livekit/rtc-node';
import { readSipAttributes } from '../../../telephony/index.ts';
import type { Log } from '../../telemetry/logger.ts';
import { type EndCause, type Ending, mediaLost } from '../call/ending.ts';
import { safely } from '../safely.ts';
import { graceMs, type Leaving, watchPresence } from './presence.ts';

type Watch = { room: Room; ending: Pick<Ending, 'decide'>; log: Log };

/**
 * Tells when the room itself is lost to us, whatever the reason given: that the agent was removed, or its room deleted, says nothing
 * about the person. Returns what stops it.
 */
export function watchRoomLoss({ room, onLost, log }: { room: Room; onLost: () => void; log: Log }): () => void {
  const onDisconnected = safely({ name: 'room.disconnected', log }, (reason: DisconnectReason) => {
    log('warn', 'the room is lost', { reason: DisconnectReason[reason] });
    onLost();
  });
  room.on(RoomEvent.Disconnected, onDisconnected);
  if (!room.isConnected) onLost();
  return () => void room.off(RoomEvent.Disconnected, onDisconnected);
}

/** How often livekit-server is asked after a person who only listens. */
const askEveryMs = 1_000;

/**
 * Ends the conversation when the person leaves, whatever the reason given; the SDK itself ignores most of them. While the
 * connection to LiveKit is being restored everybody seems to leave: that is waited out, for a while. Returns what stops it.
 *
 * `onAway`: the connection that was lost then could not be restored within that while, which says nothing about the person: they may be at another node.
 *
 * livekit-server announces people who publish nothing, such as a browser without a microphone, late or never, neither
 * when they come nor when they go: such a person is asked after with `present`, which answers who is in the room.
 */
export function closeOnLeaving({
  room,
  identity,
  present,
  ending,
  onAway,
  log,
}: Watch & { identity: string; present: () => Promise<readonly string[]>; onAway: (since: Date) => void }): () => void {
  const presence = watchPresence(room, {
    matches: (participant) => participant.identity === identity,
    onLeft: (leaving) => ending.decide(causeOfLeaving(leaving)),
    log,
  });
  let patience: NodeJS.Timeout | undefined;
  const onReconnecting = safely({ name: 'room.reconnecting', log }, () => {
    const since = new Date();
    patience ??= setTimeout(() => onAway(since), graceMs);
  });
  const onReconnected = safely({ name: 'room.reconnected', log }, () => {
    clearTimeout(patience);
    patience = undefined;
  });

  const ask = async () => {
    const person = room.remoteParticipants.get(identity);
    if (presence.unsettled || (person && person.trackPublications.size > 0)) return;
    const at = new Date();
    const there = await present();
    // Where we are not either it is the room that is lost, which is noticed elsewhere.
    const isOpen = there.includes(room.localParticipant?.identity ?? '');
    if (isOpen && !there.includes(identity) && !presence.unsettled)
      ending.decide({ reason: 'caller_hung_up', hungUpBy: 'caller', at });
  };
  // While livekit-server is away nobody can be asked; that it is away is noticed elsewhere.
  const asking = setInterval(() => void ask().catch(() => undefined), askEveryMs);

  room.on(RoomEvent.Reconnecting, onReconnecting);
  room.on(RoomEvent.Reconnected, onReconnected);

  return () => {
    clearTimeout(patience);
    clearInterval(asking);
    presence.stop();
    room.off(RoomEvent.Reconnecting, onReconnecting);
    room.off(RoomEvent.Reconnected, onReconnected);
  };
}

/**
 * livekit-sip writes `hangup` on a leg whose phone sent BYE before it takes the leg out. One that leaves as anything else lost its
 * sound: livekit-sip's `media_timeout` was over, or livekit-sip itself is gone. Of the reason it gives the same for all.
 */
function causeOfLeaving({ participant, reason, at }: Leaving): EndCause {
  if (reason === DisconnectReason.PARTICIPANT_REMOVED) return { reason: 'operator_hung_up', hungUpBy: 'operator', at };
  const isPhone = participant.info.kind === ParticipantKind.SIP;
  const wasLost = isPhone
    ? readSipAttributes(participant.attributes).status !== 'hangup'
    : reason && losses.has(reason);
  return wasLost ? { ...mediaLost, at } : { reason: 'caller_hung_up', hungUpBy: 'caller', at };
}

/** Of a browser. */
const losses: ReadonlySet<DisconnectReason> = new Set([
  DisconnectReason.CONNECTION_TIMEOUT,
  DisconnectReason.MEDIA_FAILURE,
  DisconnectReason.SIGNAL_CLOSE,
  DisconnectReason.STATE_MISMATCH,
]);
