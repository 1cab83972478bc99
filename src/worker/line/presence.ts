import { DisconnectReason, type RemoteParticipant, type Room, RoomEvent } from '@livekit/rtc-node';
import type { Log } from '../../telemetry/logger.ts';
import { safely } from '../safely.ts';

/** How long a room, or a person after the room came back, may be away before it counts as lost. */
export const graceMs = 12_000;
/** That the room is being restored may be told a moment after everybody seemed to leave. */
const settleMs = 1_500;

/** Somebody has left, for good. */
export type Leaving = { participant: RemoteParticipant; reason: DisconnectReason | undefined; at: Date };

export type Presence = {
  /** The room's connection is being restored, or somebody who was there has not come back since. */
  readonly unsettled: boolean;
  stop(): void;
};

/** Reasons that somebody gave: the person, their line, or whoever removed them. All others may be the network's. */
const given: ReadonlySet<DisconnectReason | undefined> = new Set([
  DisconnectReason.CLIENT_INITIATED,
  DisconnectReason.PARTICIPANT_REMOVED,
  DisconnectReason.USER_UNAVAILABLE,
  DisconnectReason.USER_REJECTED,
  DisconnectReason.SIP_TRUNK_FAILURE,
]);

/**
 * Tells who leaves the room for good. While the connection to LiveKit is being restored everybody seems to leave, and comes back
 * a moment after it: who left without a reason is waited for. `onLeft` is told of each once, with the moment they left.
 */
export function watchPresence(
  room: Room,
  {
    matches,
    onLeft,
    log,
  }: { matches: (participant: RemoteParticipant) => boolean; onLeft: (leaving: Leaving) => void; log: Log },
): Presence {
  let restoring = false;
  const away = new Map<string, { leaving: Leaving; timer: NodeJS.Timeout }>();

  const wait = (leaving: Leaving, ms: number) => {
    const { identity } = leaving.participant;
    clearTimeout(away.get(identity)?.timer);
    const timer = setTimeout(() => {
      // A room that is still away is waited for by others, with a limit of their own.
      if (restoring) return wait(leaving, ms);
      away.delete(identity);
      onLeft(leaving);
    }, ms);
    away.set(identity, { leaving, timer });
  };
  const waitOn = (ms: number) => {
    for (const { leaving } of away.values()) wait(leaving, ms);
  };

  const onDisconnected = safely({ name: 'room.participantDisconnected', log }, (participant: RemoteParticipant) => {
    const { disconnectReason: reason } = participant;
    // The room goes with everybody in it; what becomes of the call is found out when it is lost to us, too.
    if (!matches(participant) || reason === DisconnectReason.ROOM_DELETED) return;
    const leaving = { participant, reason, at: new Date() };
    if (given.has(reason) && !restoring) onLeft(leaving);
    else wait(leaving, restoring ? graceMs : settleMs);
  });
  const onConnected = safely({ name: 'room.participantConnected', log }, ({ identity }: RemoteParticipant) => {
    clearTimeout(away.get(identity)?.timer);
    away.delete(identity);
  });
  const onReconnecting = safely({ name: 'room.reconnecting', log }, () => {
    restoring = true;
    waitOn(graceMs);
  });
  const onReconnected = safely({ name: 'room.reconnected', log }, () => {
    restoring = false;
    waitOn(graceMs);
  });

  room.on(RoomEvent.ParticipantDisconnected, onDisconnected);
  room.on(RoomEvent.ParticipantConnected, onConnected);
  room.on(RoomEvent.Reconnecting, onReconnecting);
  room.on(RoomEvent.Reconnected, onReconnected);
  return {
    get unsettled() {
      return restoring || away.size > 0;
    },
    stop: () => {
      for (const { timer } of away.values()) clearTimeout(timer);
      away.clear();
      room.off(RoomEvent.ParticipantDisconnected, onDisconnected);
      room.off(RoomEvent.ParticipantConnected, onConnected);
      room.off(RoomEvent.Reconnecting, onReconnecting);
      room.off(RoomEvent.Reconnected, onReconnected);
    },
  };
}
