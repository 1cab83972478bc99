/** A tone as mono signed 16-bit little-endian samples: loud enough to be told from silence at the far end. */
export function toneBytes(milliseconds: number, rateHz: number, frequencyHz = 440): Buffer {
  const samples = new Int16Array(Math.round((milliseconds * rateHz) / 1000));
  for (let index = 0; index < samples.length; index += 1)
    samples[index] = Math.round(9_000 * Math.sin((2 * Math.PI * frequencyHz * index) / rateHz));
  return Buffer.from(samples.buffer);
}
