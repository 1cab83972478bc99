import { AudioFrame } from '@livekit/rtc-node';

/** A tone in frames of equal length, the last one shorter. */
export function toneFrames({
  ms,
  sampleRateHz,
  frameMs,
  hertz = 300,
}: {
  ms: number;
  sampleRateHz: number;
  frameMs: number;
  hertz?: number;
}): AudioFrame[] {
  const total = Math.round((sampleRateHz * ms) / 1000);
  const size = (sampleRateHz * frameMs) / 1000;
  return Array.from({ length: Math.ceil(total / size) }, (_, index) => {
    const samples = Math.min(size, total - index * size);
    const pcm = Int16Array.from({ length: samples }, (__, at) =>
      Math.round(9000 * Math.sin((2 * Math.PI * hertz * (index * size + at)) / sampleRateHz)),
    );
    return new AudioFrame(pcm, sampleRateHz, 1, samples);
  });
}
