import { type LocalTrackPublication, type Room, TrackPublishOptions, TrackSource } from '@livekit/rtc-node';
import type { Log } from '../../telemetry/logger.ts';
import { CallAudioInput } from './audio-input.ts';
import { CallAudioOutput } from './audio-output.ts';
import { followVoice } from '../conversation/follow-voice.ts';
import { SpokenText } from '../conversation/spoken-text.ts';

/** The sound of one call, both ways. */
export type CallMedia = {
  input: CallAudioInput;
  output: CallAudioOutput;
  words: SpokenText;
  /** Makes the agent hearable, and lets a phone that is ringing be answered. */
  publish(room: Room): Promise<LocalTrackPublication>;
  /** Listens to this person from now on. */
  listenTo(room: Room, identity: string): void;
  /** Listens to nobody from now on. */
  deafen(): void;
  /** Frees what is native. Idempotent. */
  close(): Promise<void>;
};

export function createCallMedia(log: Log): CallMedia {
  const words = new SpokenText();
  const input = new CallAudioInput();
  const output = new CallAudioOutput(words);
  let stopFollowing: (() => void) | undefined;
  return {
    input,
    output,
    words,
    publish: async (room) => {
      const participant = room.localParticipant;
      if (!participant) throw new Error('The room was lost before the agent could be heard.');
      return participant.publishTrack(output.track, new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }));
    },
    listenTo: (room, identity) => {
      stopFollowing?.();
      stopFollowing = followVoice({ room, identity, input, log });
    },
    deafen: () => {
      stopFollowing?.();
      input.stopListening();
    },
    close: async () => {
      stopFollowing?.();
      await input.close();
      await output.close();
    },
  };
}
