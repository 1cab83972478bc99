import { readFile, writeFile } from 'node:fs/promises';

/** Signed 16-bit samples; several channels are interleaved. */
export type Pcm = { pcm: Int16Array; sampleRateHz: number };

export type Wav = Pcm & { channels: number };

/**
 * Reads a RIFF/WAVE file of 16-bit PCM, any rate, any number of channels.
 * @throws Error naming the file and the format it has instead
 */
export async function readWav(path: string): Promise<Wav> {
  return parseWav(await readFile(path), path);
}

/** As `readWav`, from bytes. `name` appears in errors. */
export function parseWav(file: Buffer, name = 'WAV'): Wav {
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error(`${name} is not a WAV file. Convert it to 16-bit PCM WAV.`);
  let format: { channels: number; sampleRateHz: number } | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const id = file.toString('latin1', at, at + 4);
    const start = at + 8;
    // A file written to a pipe declares a size it never got to know: what is there counts.
    const size = Math.min(file.readUInt32LE(at + 4), file.length - start);
    if (id === 'fmt ' && size >= 16) format = readFormat(file.subarray(start, start + size), name);
    if (id === 'data') {
      if (!format) throw new Error(`${name} has no format before its data. Convert it to 16-bit PCM WAV.`);
      return { ...format, pcm: samplesOf(file.subarray(start, start + size)) };
    }
    at = start + size + (size % 2);
  }
  throw new Error(`${name} holds no audio. Convert it to 16-bit PCM WAV.`);
}

/** Writes 16-bit PCM; `channels` are interleaved in `pcm`. */
export async function writeWav(path: string, wav: Wav): Promise<void> {
  await writeFile(path, encodeWav(wav));
}

export function encodeWav({ pcm, sampleRateHz, channels }: Wav): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + pcm.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(pcm.byteLength, 40);
  return Buffer.concat([header, Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)]);
}

/** The channels of a file averaged into one. */
export function toMono({ pcm, sampleRateHz, channels }: Wav): Pcm {
  if (channels === 1) return { pcm, sampleRateHz };
  const mono = new Int16Array(Math.floor(pcm.length / channels));
  for (let frame = 0; frame < mono.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += pcm[frame * channels + channel] ?? 0;
    mono[frame] = sum / channels;
  }
  return { pcm: mono, sampleRateHz };
}

function readFormat(chunk: Buffer, name: string): { channels: number; sampleRateHz: number } {
  // WAVE_FORMAT_EXTENSIBLE (0xFFFE) carries the true format in the first two bytes of its sub-format.
  const tag = chunk.readUInt16LE(0) === 0xfffe && chunk.length >= 26 ? chunk.readUInt16LE(24) : chunk.readUInt16LE(0);
  const bits = chunk.readUInt16LE(14);
  if (tag !== 1 || bits !== 16) throw new Error(`${name} is ${bits}-bit, format ${tag}. Convert it to 16-bit PCM WAV.`);
  return { channels: chunk.readUInt16LE(2), sampleRateHz: chunk.readUInt32LE(4) };
}

function samplesOf(data: Buffer): Int16Array {
  const pcm = new Int16Array(data.length >> 1);
  for (let index = 0; index < pcm.length; index++) pcm[index] = data.readInt16LE(index * 2);
  return pcm;
}
