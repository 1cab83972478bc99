import { wavFile } from '../../pipelines/wire/wav.ts';

/** What a WAV file says of its samples; 1 is the tag of integers, 3 that of floats. */
export type WavHeader = { tag?: number; channels?: number; bits?: number };

/** A tone as a WAV file, whose header may say something else than mono of 16-bit samples. */
export function oddWav(bytes: Buffer, rateHz: number, { tag = 1, channels = 1, bits = 16 }: WavHeader = {}): Buffer {
  const file = Buffer.from(wavFile(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2), rateHz));
  file.writeUInt16LE(tag, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt16LE(bits, 34);
  return file;
}
