import { describe, expect, it } from 'vitest';
import { resample } from '../../src/caller/resample.ts';
import { encodeWav, parseWav, toMono } from '../../src/caller/wav.ts';
import { tone } from './tone-agent.ts';

describe('WAV files', () => {
  it('come back as they were written, with their rate and channels', () => {
    const wav = { pcm: Int16Array.from([0, 1, -1, 32767, -32768, 5]), sampleRateHz: 22050, channels: 2 };
    expect(parseWav(encodeWav(wav))).toEqual(wav);
  });

  it('are read past chunks that hold no audio, of odd length too', () => {
    const wav = encodeWav({ pcm: Int16Array.from([7, 8]), sampleRateHz: 8000, channels: 1 });
    const list = Buffer.concat([Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1')]);
    const file = Buffer.concat([wav.subarray(0, 36), list, wav.subarray(36)]);
    expect([...parseWav(file).pcm]).toEqual([7, 8]);
  });

  it('written to a pipe, with a size nobody knew, are read to the end', () => {
    const file = encodeWav({ pcm: Int16Array.from([1, 2, 3]), sampleRateHz: 8000, channels: 1 });
    file.writeUInt32LE(0xffffffff, 40);
    expect([...parseWav(file).pcm]).toEqual([1, 2, 3]);
  });

  it('of another kind are refused with their name and what to do', () => {
    const float = encodeWav({ pcm: Int16Array.from([1]), sampleRateHz: 8000, channels: 1 });
    float.writeUInt16LE(3, 20);
    expect(() => parseWav(float, 'hello.wav')).toThrow('hello.wav is 16-bit, format 3. Convert it to 16-bit PCM WAV.');
    expect(() => parseWav(Buffer.from('not a wav at all'), 'x.mp3')).toThrow('x.mp3 is not a WAV file');
  });

  it('in stereo become mono as the mean of both sides', () => {
    expect([...toMono({ pcm: Int16Array.from([10, 20, -4, 0]), sampleRateHz: 8000, channels: 2 }).pcm]).toEqual([
      15, -2,
    ]);
  });
});

describe('resampling', () => {
  it('keeps the length in seconds and the loudness', () => {
    const from = tone({ ms: 1000 });
    const { pcm, sampleRateHz } = resample({ pcm: from, sampleRateHz: 16000 }, 48000);
    expect(sampleRateHz).toBe(48000);
    expect(pcm.length).toBeGreaterThan(47000);
    expect(pcm.length).toBeLessThan(49000);
    expect(Math.max(...pcm.subarray(10000, 20000))).toBeGreaterThan(7500);
  });
});
