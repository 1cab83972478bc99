import { type RemoteParticipant, type RemoteTrack, type Room, RoomEvent, TrackKind } from '@livekit/rtc-node';
import type { Log } from '../../telemetry/logger.ts';
import type { CallAudioInput } from '../sound/audio-input.ts';
import { safely } from '../safely.ts';

/** Listens to one person, on whatever audio track they speak now and after a reconnection. Returns what stops it. */
export function followVoice({
  room,
  identity,
  input,
  log,
}: {
  room: Room;
  identity: string;
  input: CallAudioInput;
  log: Log;
}): () => void {
  const onTrack = safely(
    { name: 'room.trackSubscribed', log },
    (track: RemoteTrack, _: unknown, participant: RemoteParticipant) => {
      if (participant.identity === identity && track.kind === TrackKind.KIND_AUDIO) input.listenTo(track);
    },
  );
  room.on(RoomEvent.TrackSubscribed, onTrack);
  const person = room.remoteParticipants.get(identity);
  for (const { track } of person?.trackPublications.values() ?? [])
    if (track && person) onTrack(track, undefined, person);
  return () => void room.off(RoomEvent.TrackSubscribed, onTrack);
}
