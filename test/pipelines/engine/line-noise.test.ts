import { expect, it } from 'vitest';
import { withLineNoise } from '../../../pipelines/engine/line-noise.ts';

const silence = new Int16Array(19_200);
const levelDbfs = (samples: ArrayLike<number>) =>
  10 * Math.log10(Array.from(samples).reduce((sum, sample) => sum + sample * sample, 0) / samples.length / 32_768 ** 2);

/** Level of one frequency, by correlation with it. */
function levelAt(samples: Int16Array, hz: number): number {
  let [re, im] = [0, 0];
  for (const [index, sample] of samples.entries()) {
    const angle = (2 * Math.PI * hz * index) / 16_000;
    re += sample * Math.cos(angle);
    im += sample * Math.sin(angle);
  }
  return 10 * Math.log10((re * re + im * im) / samples.length ** 2);
}
const meanLevel = (samples: Int16Array, fromHz: number, toHz: number) => {
  const levels = Array.from({ length: 40 }, (_, i) => levelAt(samples, fromHz + ((toHz - fromHz) * i) / 40));
  return levels.reduce((sum, level) => sum + level, 0) / levels.length;
};

it('gives a line without noise some at -57 dBFS, in the band of a telephone', () => {
  const noisy = withLineNoise(silence, -100);
  expect(levelDbfs(noisy)).toBeCloseTo(-57, 0);
  const inBand = meanLevel(noisy, 500, 3_200);
  expect(inBand - meanLevel(noisy, 4_800, 7_800)).toBeGreaterThan(12);
  expect(inBand - meanLevel(noisy, 20, 120)).toBeGreaterThan(12);
});

it('gives the same sound the same noise', () => {
  expect(withLineNoise(silence, -80)).toEqual(withLineNoise(silence, -80));
});

it.each([[-60], [-50], [-20], [0], [undefined]])('leaves a line with noise at %s dBFS as it is', (floor) => {
  expect(withLineNoise(silence, floor)).toBe(silence);
});

it('takes sound of any length and loudness, and changes nothing of what it is given', () => {
  const loud = Int16Array.from({ length: 40_000 }, (_, index) => (index % 2 ? 32_767 : -32_768));
  const before = loud.slice();
  const noisy = withLineNoise(loud, -90);
  expect(noisy).toHaveLength(40_000);
  expect(Math.max(...noisy)).toBe(32_767);
  expect(Math.min(...noisy)).toBe(-32_768);
  expect(loud).toEqual(before);
  expect(withLineNoise(new Int16Array(), -90)).toHaveLength(0);
});
