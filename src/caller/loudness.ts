/** Speech is louder than this, as the root mean square of 10 ms of signed 16-bit samples (about -44 dBFS). */
export const defaultThreshold = 200;

/** Root mean square of samples. */
export function loudness(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, pcm.length));
}

/** First and one-past-last audible sample, or null when all is silence. */
export function audibleSpan(
  pcm: Int16Array,
  sampleRateHz: number,
  threshold: number = defaultThreshold,
): { start: number; end: number } | null {
  const window = Math.round(sampleRateHz / 100);
  let span: { start: number; end: number } | null = null;
  for (let at = 0; at < pcm.length; at += window) {
    const part = pcm.subarray(at, at + window);
    if (loudness(part) < threshold) continue;
    span ??= { start: at + firstAudible(part, threshold), end: at };
    span.end = at + lastAudible(part, threshold) + 1;
  }
  return span;
}

/** Index of the first sample at or above the threshold. */
export function firstAudible(pcm: Int16Array, threshold: number): number {
  return Math.max(
    0,
    pcm.findIndex((sample) => Math.abs(sample) >= threshold),
  );
}

/** Index of the last sample at or above the threshold. */
export function lastAudible(pcm: Int16Array, threshold: number): number {
  return Math.max(
    0,
    pcm.findLastIndex((sample) => Math.abs(sample) >= threshold),
  );
}
