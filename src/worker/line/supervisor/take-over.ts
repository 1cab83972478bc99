import {
  ConnectionQuality,
  type Participant,
  type RemoteParticipant,
  type RemoteTrack,
  type Room,
  RoomEvent,
  TrackKind,
} from '@livekit/rtc-node';
import { isSupervisor } from '../../../calls/supervise/supervisor.ts';
import type { Log } from '../../../telemetry/logger.ts';
import { safely } from '../../safely.ts';

/** Whose connection breaks comes back within that, or the caller has waited long enough. */
const returnMs = 4_000;

/** Why the agent has the call again: the supervisor left, or their connection is lost. */
export type TakenBack = 'left' | 'lost';

export type TakeOverContext = {
  room: Pick<Room, 'on' | 'off' | 'remoteParticipants'>;
  /** The agent falls silent and answers nothing. Returns what undoes that. */
  onTaken: (identity: string) => (why: TakenBack) => void;
  /** Hears one who speaks. Returns what stops that. */
  hear: (track: RemoteTrack) => () => void;
  log: Log;
};

/**
 * Gives the call to a supervisor who speaks into its room, and back to the agent when they have gone, however that came. Who only
 * listens is not seen here at all. Returns what stops it.
 */
export function watchTakeOvers({ room, onTaken, hear, log }: TakeOverContext): () => void {
  /** By identity: what stops hearing them. */
  const speaking = new Map<string, () => void>();
  const lost = new Set<string>();
  let giveBack: ((why: TakenBack) => void) | undefined;
  let waiting: NodeJS.Timeout | undefined;

  const settle = (why: TakenBack) => {
    clearTimeout(waiting);
    if (!giveBack || [...speaking.keys()].some((identity) => !lost.has(identity))) return;
    const back = () => {
      giveBack?.(why);
      giveBack = undefined;
    };
    if (why === 'left') back();
    else waiting = setTimeout(back, returnMs);
  };
  const take = (identity: string) => {
    lost.delete(identity);
    clearTimeout(waiting);
    giveBack ??= onTaken(identity);
  };
  const silence = (identity: string, why: TakenBack) => {
    speaking.get(identity)?.();
    speaking.delete(identity);
    lost.delete(identity);
    settle(why);
  };

  const onTrack = safely(
    { name: 'supervisor.track', log },
    (track: RemoteTrack, _publication: unknown, { identity }: Pick<RemoteParticipant, 'identity'>) => {
      if (!isSupervisor(identity) || track.kind !== TrackKind.KIND_AUDIO) return;
      speaking.get(identity)?.();
      speaking.set(identity, hear(track));
      take(identity);
    },
  );
  const onUntrack = safely(
    { name: 'supervisor.untrack', log },
    (_track: RemoteTrack, _publication: unknown, { identity }: RemoteParticipant) => {
      if (speaking.has(identity)) silence(identity, 'lost');
    },
  );
  const onLeft = safely({ name: 'supervisor.left', log }, ({ identity }: RemoteParticipant) => {
    if (isSupervisor(identity)) silence(identity, 'left');
  });
  const onQuality = safely(
    { name: 'supervisor.quality', log },
    (quality: ConnectionQuality, { identity }: Pick<Participant, 'identity'>) => {
      if (!speaking.has(identity)) return;
      if (quality !== ConnectionQuality.QUALITY_LOST) return take(identity);
      lost.add(identity);
      settle('lost');
    },
  );
  room.on(RoomEvent.TrackSubscribed, onTrack);
  room.on(RoomEvent.TrackUnsubscribed, onUntrack);
  room.on(RoomEvent.ParticipantDisconnected, onLeft);
  room.on(RoomEvent.ConnectionQualityChanged, onQuality);
  // Another session may have had the call when it was taken over.
  for (const person of room.remoteParticipants.values())
    for (const { track } of person.trackPublications.values()) if (track) onTrack(track, undefined, person);

  return () => {
    clearTimeout(waiting);
    for (const stop of speaking.values()) stop();
    speaking.clear();
    room.off(RoomEvent.TrackSubscribed, onTrack);
    room.off(RoomEvent.TrackUnsubscribed, onUntrack);
    room.off(RoomEvent.ParticipantDisconnected, onLeft);
    room.off(RoomEvent.ConnectionQualityChanged, onQuality);
  };
}
