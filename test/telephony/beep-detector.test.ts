import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BeepDetector } from '../../telephony/beep-detector.ts';
import { joined, silence, tone } from './tones.ts';

const sampleRateHz = 16_000;
const quiet = (ms: number) => silence({ ms, sampleRateHz });
const sine = (hz: number | readonly number[], ms: number, level?: number) =>
  tone(hz, { ms, sampleRateHz, ...(level !== undefined && { level }) });

/** Milliseconds at which beeps were found to be over, fed as a call feeds it. */
function beepsIn(sound: Int16Array, frameMs = 32): number[] {
  const detector = new BeepDetector(sampleRateHz);
  const frame = (sampleRateHz * frameMs) / 1000;
  const found = [];
  for (let at = 0; at < sound.length; at += frame)
    if (detector.push(sound.subarray(at, at + frame))) found.push(((at + frame) / sampleRateHz) * 1000);
  return found;
}

/** The same at −30 dB under noise, as a poor line gives it. */
function noisy(sound: Int16Array, level = 0.003): Int16Array {
  let seed = 7;
  const random = () => ((seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5) * 2;
  return sound.map((sample) => sample + 32_767 * level * random());
}

describe('the beep of a machine', () => {
  test.each([350, 440, 620, 800, 1000, 1400, 2000])('is heard at %i Hz, as soon as it is over', (hz) => {
    const [endMs, ...others] = beepsIn(joined([quiet(500), sine(hz, 400), quiet(500)]));
    expect(others).toEqual([]);
    expect(endMs! - 900).toBeGreaterThan(0);
    expect(endMs! - 900).toBeLessThanOrEqual(140);
  });

  test('is heard faintly, on a noisy line, short and long', () => {
    expect(beepsIn(noisy(joined([quiet(300), sine(1000, 300, 0.05), quiet(400)])))).toHaveLength(1);
    expect(beepsIn(joined([quiet(300), sine(1000, 180), quiet(400)]))).toHaveLength(1);
    expect(beepsIn(joined([quiet(300), sine(440, 1500), quiet(400)]))).toHaveLength(1);
  });
});

describe('no beep', () => {
  test.each([
    ['silence', quiet(1000)],
    ['a click', joined([quiet(300), sine(1000, 60), quiet(400)])],
    ['a key that was pressed', joined([quiet(300), sine([770, 1336], 300), quiet(400)])],
    ['the ringing of North America', joined([quiet(300), sine([440, 480], 2000), quiet(400)])],
    ['a tone that never ends', joined([quiet(300), sine(1000, 4000), quiet(400)])],
    ['a hum below', joined([quiet(300), sine(120, 600), quiet(400)])],
    ['a whistle above', joined([quiet(300), sine(2600, 600), quiet(400)])],
    ['a tone that glides', joined(Array.from({ length: 30 }, (_, step) => sine(500 + step * 40, 20)))],
  ])('is %s', (_, sound) => {
    expect(beepsIn(sound)).toEqual([]);
  });

  test.each(['hours', 'goodbye', 'price'])('is in what a person says: %s', (name) => {
    const wav = readFileSync(new URL(`../../src/caller/speech/${name}.wav`, import.meta.url));
    const pcm = new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length - (wav.length % 2)));
    expect(beepsIn(joined([pcm, quiet(500)]))).toEqual([]);
  });
});
