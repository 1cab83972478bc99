import { describe, expect, it } from 'vitest';
import { createFrameReader, encodeFrame, pcmBytes, pcmSamples } from '../../../pipelines/engine/frames.ts';

const samples = Int16Array.from([1, -2, 32_767, -32_768, 0]);

describe('frames', () => {
  it.each([1, 3, 7, 8, 9, 4096])('come out of a stream that arrives in pieces of %i bytes', (pieceBytes) => {
    const stream = Buffer.concat([
      encodeFrame({ id: 1 }, pcmBytes(samples)),
      encodeFrame({ id: 2, text: 'Grüße' }),
      encodeFrame({ id: 3 }, new Uint8Array(3000).fill(7)),
    ]);
    const read = createFrameReader();
    const frames = [];
    for (let at = 0; at < stream.length; at += pieceBytes) frames.push(...read(stream.subarray(at, at + pieceBytes)));
    expect(frames.map(({ header }) => header)).toEqual([{ id: 1 }, { id: 2, text: 'Grüße' }, { id: 3 }]);
    expect(pcmSamples(frames[0]?.payload ?? Buffer.alloc(0))).toEqual(samples);
    expect(frames[2]?.payload).toEqual(Buffer.alloc(3000, 7));
  });

  it('refuses a length that no message has, rather than wait for its end', () => {
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(2 ** 31, 0);
    expect(() => createFrameReader()(prefix)).toThrow(/wrong length/);
  });

  it('refuses a header that is longer than its frame', () => {
    const frame = encodeFrame({ id: 1 });
    frame.writeUInt32LE(frame.length, 4);
    expect(() => createFrameReader()(frame)).toThrow(/wrong length/);
  });

  it('reads samples from any address and drops half a sample', () => {
    const bytes = Buffer.concat([Buffer.from([9]), pcmBytes(samples), Buffer.from([1])]);
    expect(pcmSamples(bytes.subarray(1))).toEqual(samples);
  });
});
