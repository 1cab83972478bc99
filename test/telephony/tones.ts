/** Sound of one or more frequencies at once, mono 16-bit; `level` is the peak of each, 0–1. */
export function tone(
  hz: number | readonly number[],
  { ms, sampleRateHz, level = 0.2 }: { ms: number; sampleRateHz: number; level?: number },
): Int16Array {
  const frequencies = typeof hz === 'number' ? [hz] : hz;
  return Int16Array.from({ length: Math.round((ms * sampleRateHz) / 1000) }, (_, at) =>
    frequencies.reduce((sum, each) => sum + 32_767 * level * Math.sin((2 * Math.PI * each * at) / sampleRateHz), 0),
  );
}

export function silence({ ms, sampleRateHz }: { ms: number; sampleRateHz: number }): Int16Array {
  return new Int16Array(Math.round((ms * sampleRateHz) / 1000));
}

export function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
