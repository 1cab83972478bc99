import { AudioFrame, AudioResampler } from '@livekit/rtc-node';
import type { Pcm } from './wav.ts';

/** Mono audio at another rate. */
export function resample({ pcm, sampleRateHz }: Pcm, toHz: number): Pcm {
  if (sampleRateHz === toHz || pcm.length === 0) return { pcm, sampleRateHz: toHz };
  const resampler = new AudioResampler(sampleRateHz, toHz);
  try {
    const frames = [...resampler.push(new AudioFrame(pcm, sampleRateHz, 1, pcm.length)), ...resampler.flush()];
    const length = frames.reduce((sum, frame) => sum + frame.data.length, 0);
    const joined = new Int16Array(length);
    let at = 0;
    for (const frame of frames) {
      joined.set(frame.data, at);
      at += frame.data.length;
    }
    return { pcm: joined, sampleRateHz: toHz };
  } finally {
    resampler.close();
  }
}
