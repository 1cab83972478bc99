import { type AudioFrame, AudioStream, type RemoteTrack } from '@livekit/rtc-node';
import { createArrivalClock } from './arrival-clock.ts';
import { callerRateHz } from './microphone.ts';
import type { Recording } from './recording.ts';
import { createSpeechDetector, type SpeechDetectorOptions, type SpeechSegment } from './speech-detector.ts';

const frameMs = 10;
/** The recording stays gapless while the clock moves less than this. */
const seamMs = 15;

export type Ear = {
  /** What was heard on this track, in order. */
  segments: readonly SpeechSegment[];
  /** Stops listening; a segment that goes on ends at its last audible sample. */
  close(): Promise<void>;
};

/** Listens to one track: finds its speech on the monotonic clock and writes it into the recording. */
export function openEar(
  track: RemoteTrack,
  { recording, ...detection }: SpeechDetectorOptions & { recording?: Recording | undefined },
): Ear {
  const reader = new AudioStream(track, { sampleRate: callerRateHz, numChannels: 1, frameSizeMs: frameMs }).getReader();
  const clock = createArrivalClock(frameMs);
  const detector = createSpeechDetector(detection);
  let recordMs = -Infinity;

  function hear(frame: AudioFrame): void {
    const startMs = clock.place(performance.now());
    detector.push(frame.data, callerRateHz, startMs);
    if (!recording) return;
    if (Math.abs(startMs - recordMs) > seamMs) recordMs = startMs;
    recording.write('agent', recordMs, frame.data);
    recordMs += (frame.data.length / callerRateHz) * 1000;
  }

  async function listen(): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      hear(value);
    }
    detector.close();
  }

  const listening = listen();
  return {
    segments: detector.segments,
    async close() {
      await reader.cancel();
      await listening;
    },
  };
}
