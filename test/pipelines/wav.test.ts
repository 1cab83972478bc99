import { expect, test } from 'vitest';
import { FrameCutter, Packer, pcmBytes } from '../../pipelines/pcm.ts';
import { wavFile, WavReader } from '../../pipelines/wav.ts';
import { voice } from './audio-for-test.ts';

const samples = Int16Array.from({ length: 2_000 }, (_, index) => index - 1_000);

function read(file: Uint8Array, pieceBytes: number) {
  const reader = new WavReader('test');
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

test('what is no WAV file, or not 16-bit mono, is refused', () => {
  expect(() => read(Buffer.from('<html><body>Internal Server Error</body></html>'), 100)).toThrow(/no WAV file/);
  const stereo = wavFile(samples, 16_000);
  stereo[22] = 2;
  expect(() => read(stereo, 100)).toThrow(/2 channels of 16 bits/);
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
