import { DisconnectReason, type RemoteParticipant, type Room, RoomEvent } from '@livekit/rtc-node';
import type { Log } from '../../telemetry/logger.ts';
import type { EndCause, Ending } from '../call/ending.ts';
import { safely } from '../safely.ts';

/** How long a room, or a person after the room came back, may be away before the connection counts as lost. */
const graceMs = 12_000;

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
 * livekit-server announces people who publish nothing, such as a browser without a microphone, late or never, neither
 * when they come nor when they go: such a person is asked after with `present`, which answers who is in the room.
 */
export function closeOnLeaving({
  room,
  identity,
  present,
  ending,
  log,
}: Watch & { identity: string; present: () => Promise<readonly string[]> }): () => void {
  let restoring = false;
  let patience: NodeJS.Timeout | undefined;
  const wait = () => {
    patience ??= setTimeout(() => ending.decide({ reason: 'media_lost', hungUpBy: 'carrier' }), graceMs);
  };
  const settle = () => {
    restoring = false;
    clearTimeout(patience);
    patience = undefined;
  };

  const onLeft = safely({ name: 'room.participantDisconnected', log }, (participant: RemoteParticipant) => {
    if (participant.identity !== identity) return;
    // The room goes with everybody in it; what becomes of the call is found out when it is lost to us, too.
    if (participant.disconnectReason === DisconnectReason.ROOM_DELETED) return;
    if (restoring) wait();
    else ending.decide(causeOfLeaving(participant.disconnectReason));
  });
  const onJoined = safely({ name: 'room.participantConnected', log }, (participant: RemoteParticipant) => {
    if (participant.identity === identity) settle();
  });
  const onReconnecting = safely({ name: 'room.reconnecting', log }, () => {
    restoring = true;
    wait();
  });
  const onReconnected = safely({ name: 'room.reconnected', log }, () => {
    if (room.remoteParticipants.has(identity)) settle();
  });

  const ask = async () => {
    const person = room.remoteParticipants.get(identity);
    if (restoring || (person && person.trackPublications.size > 0)) return;
    const there = await present();
    // Where we are not either it is the room that is lost, which is noticed elsewhere.
    const isOpen = there.includes(room.localParticipant?.identity ?? '');
    if (isOpen && !there.includes(identity)) ending.decide({ reason: 'caller_hung_up', hungUpBy: 'caller' });
  };
  // While livekit-server is away nobody can be asked; that it is away is noticed elsewhere.
  const asking = setInterval(() => void ask().catch(() => undefined), askEveryMs);

  room.on(RoomEvent.ParticipantDisconnected, onLeft);
  room.on(RoomEvent.ParticipantConnected, onJoined);
  room.on(RoomEvent.Reconnecting, onReconnecting);
  room.on(RoomEvent.Reconnected, onReconnected);

  return () => {
    clearTimeout(patience);
    clearInterval(asking);
    room.off(RoomEvent.ParticipantDisconnected, onLeft);
    room.off(RoomEvent.ParticipantConnected, onJoined);
    room.off(RoomEvent.Reconnecting, onReconnecting);
    room.off(RoomEvent.Reconnected, onReconnected);
  };
}

function causeOfLeaving(reason: DisconnectReason | undefined): EndCause {
  switch (reason) {
    case DisconnectReason.PARTICIPANT_REMOVED:
      return { reason: 'operator_hung_up', hungUpBy: 'operator' };
    case DisconnectReason.CONNECTION_TIMEOUT:
    case DisconnectReason.MEDIA_FAILURE:
    case DisconnectReason.SIGNAL_CLOSE:
    case DisconnectReason.STATE_MISMATCH:
      return { reason: 'media_lost', hungUpBy: 'carrier' };
    default:
      return { reason: 'caller_hung_up', hungUpBy: 'caller' };
  }
}
