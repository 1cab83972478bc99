import {
  AudioFrame,
  AudioSource,
  LocalAudioTrack,
  type Room,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';
import { sampleRateHz } from '../../conversation/sdk-pins.ts';

const frameMs = 20;
const queueMs = 200;
/** Notes of a slow major chord, up and down, one after the other. */
const notesHz = [261.63, 329.63, 392, 523.25, 392, 329.63];
const noteMs = 900;
/** Peak of a note, of full scale: quiet enough to talk over. */
const level = 0.08;
/** Seconds in which a note falls to a third. */
const decaySeconds = 0.45;

/** Music that a caller hears who waits, on a track of its own. */
export type HoldMusic = { trackSid: string; stop(): Promise<void> };

/** @throws when the room is lost */
export async function playHoldMusic(room: Room): Promise<HoldMusic> {
  const participant = room.localParticipant;
  if (!participant) throw new Error('The room was lost.');
  const source = new AudioSource(sampleRateHz, 1, queueMs);
  const track = LocalAudioTrack.createAudioTrack('hold', source);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_UNKNOWN });
  const publication = await participant.publishTrack(track, options);
  let stopped = false;
  const playing = play(source, () => stopped).catch(() => undefined);
  return {
    trackSid: publication.sid ?? '',
    stop: async () => {
      if (stopped) return;
      stopped = true;
      await playing;
      await participant.unpublishTrack(publication.sid ?? '').catch(() => undefined);
      await track.close();
    },
  };
}

async function play(source: AudioSource, stopped: () => boolean): Promise<void> {
  const samples = (sampleRateHz * frameMs) / 1000;
  for (let at = 0; !stopped(); at += samples)
    await source.captureFrame(new AudioFrame(melody(at, samples), sampleRateHz, 1, samples));
}

/** Samples of the music from this one on. */
export function melody(from: number, count: number): Int16Array {
  return Int16Array.from({ length: count }, (_, index) => {
    const seconds = (from + index) / sampleRateHz;
    const note = Math.floor((seconds * 1000) / noteMs);
    const since = seconds - (note * noteMs) / 1000;
    const hz = notesHz[note % notesHz.length] ?? 0;
    const attack = Math.min(1, since / 0.01);
    return 32_767 * level * attack * Math.exp(-since / decaySeconds) * Math.sin(2 * Math.PI * hz * since);
  });
}
