import { expect, test } from 'vitest';
import { FrameCutter, Packer, pcmBytes } from '../../../pipelines/wire/pcm.ts';
import { wavFile, WavReader } from '../../../pipelines/wire/wav.ts';
import { voice } from '../audio-for-test.ts';

const source = { provider: 'test', cure: 'Correct it.' };
const samples = Int16Array.from({ length: 2_000 }, (_, index) => index - 1_000);

function read(file: Uint8Array, pieceBytes: number) {
  const reader = new WavReader(source);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < file.length; at += pieceBytes) pieces.push(reader.push(file.subarray(at, at + pieceBytes)));
  return { rateHz: reader.rateHz, bytes: Buffer.concat(pieces) };
}

test.each([1, 7, 44, 100_000])('a file that comes in pieces of %i bytes is read whole', (pieceBytes) => {
  const { rateHz, bytes } = read(wavFile(samples, 22_050), pieceBytes);
  expect(rateHz).toBe(22_050);
  expect(bytes).toEqual(Buffer.from(samples.buffer));
});

test('a streamed file of unknown length, with another chunk before its samples, is read to its end', () => {
  const file = wavFile(samples, 16_000);
  const note = Buffer.from('LIST\u0003\0\0\0abc\0', 'latin1');
  const streamed = Buffer.concat([file.subarray(0, 36), note, file.subarray(36)]);
  streamed.writeUInt32LE(0xff_ff_ff_ff, 36 + note.length + 4);
  expect(read(streamed, 13).bytes).toEqual(Buffer.from(samples.buffer));
});

test('what is not a WAV file, or not 16-bit mono, is refused', () => {
  expect(() => read(Buffer.from('<html><body>Internal Server Error</body></html>'), 100)).toThrow(/not a WAV file/);
  const stereo = wavFile(samples, 16_000);
  stereo[22] = 2;
  expect(() => read(stereo, 100)).toThrow(/2 channels of 16-bit samples at 16000 Hz.*Correct it/);
});

test('an extensible header tells behind its own fields whether the samples are integers', () => {
  const extended = (tag: number) => {
    const fields = Buffer.alloc(24);
    fields.writeUInt16LE(22, 0);
    fields.writeUInt16LE(16, 2);
    fields.writeUInt16LE(tag, 8);
    const file = wavFile(samples, 16_000);
    const long = Buffer.concat([file.subarray(0, 36), fields, file.subarray(36)]);
    long.writeUInt32LE(40, 16);
    long.writeUInt16LE(0xff_fe, 20);
    return long;
  };
  expect(read(extended(1), 7).bytes).toEqual(Buffer.from(samples.buffer));
  expect(() => read(extended(3), 7)).toThrow(/16-bit floats/);
});

test('a file is not taken for samples, however small the pieces, and quiet samples are not taken for a file', () => {
  const cut = (bytes: Buffer) => {
    const cutter = new FrameCutter(16_000, source);
    return [...bytes].flatMap((byte) => cutter.push(Uint8Array.of(byte)));
  };
  for (const begin of [
    'RIFF',
    'ID3\x04',
    '\xff\xfb\x90d',
    '\xff\xf1P\x80',
    'OggS',
    'fLaC',
    '\x1aE\xdf\xa3',
    '<!DOCTYPE',
  ])
    expect(() => cut(Buffer.from(begin, 'latin1'))).toThrow(/instead of 16-bit samples\. Correct it\./);
  for (let sample = -256; sample <= 256; sample += 1)
    expect(cut(Buffer.from(new Int16Array(640).fill(sample).buffer))).toHaveLength(1);
});

test('frames are cut from bytes of any length without losing a sample', () => {
  const cutter = new FrameCutter(16_000);
  const bytes = Buffer.from(samples.buffer);
  const frames = [];
  for (let at = 0; at < bytes.length; at += 333) frames.push(...cutter.push(bytes.subarray(at, at + 333)));
  frames.push(...cutter.flush());
  expect(frames.flatMap(({ data }) => [...data])).toEqual([...samples]);
});

test('packets hold what the frames held, each in a buffer of its own', () => {
  const packer = new Packer(50);
  const frames = voice(220);
  const packets = [...frames.flatMap((frame) => packer.push(frame)), ...packer.flush()];
  expect(Buffer.concat(packets)).toEqual(Buffer.concat(frames.map(pcmBytes)));
  // Three frames of 20 ms make a packet of 50 ms at least; none is cut, so that its end would wait for another.
  expect(packets.map(({ length }) => length)).toEqual([1_920, 1_920, 1_920, 640 * 2]);
  expect(new Set(packets.map(({ buffer }) => buffer)).size).toBe(packets.length);
});
