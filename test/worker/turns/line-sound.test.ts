import { expect, it } from 'vitest';
import { levelDbfs, LineSound } from '../../../src/worker/turns/line-sound.ts';

const frameOf = (value: (index: number) => number, length = 512) => Int16Array.from({ length }, (_, i) => value(i));
/** A sine of so many dB below full scale (RMS of a full one is -3). */
const tone = (dbfs: number) => frameOf((i) => 32767 * Math.SQRT2 * 10 ** (dbfs / 20) * Math.sin((i * Math.PI) / 16));

it('keeps the last 1.2 s, in order, across any frames', () => {
  const sound = new LineSound();
  expect(sound.window()).toHaveLength(0);
  let next = 0;
  for (const length of [512, 1, 0, 160, 30_000, 7, 512, 4_000]) {
    sound.push(Int16Array.from({ length }, () => next++ % 10_000));
    const window = sound.window();
    expect(window).toHaveLength(Math.min(19_200, next));
    expect(window.at(-1)).toBe((next - 1) % 10_000);
    expect(window[0]).toBe((next - window.length) % 10_000);
  }
  sound.forget();
  expect(sound.window()).toHaveLength(0);
  sound.push(Int16Array.of(5, 6));
  expect([...sound.window()]).toEqual([5, 6]);
});

it('measures the noise between the words', () => {
  const sound = new LineSound();
  expect(sound.noiseFloorDbfs).toBeUndefined();
  for (let frame = 0; frame < 96; frame++) sound.push(tone(frame % 4 === 0 ? -55 : -20));
  expect(sound.noiseFloorDbfs).toBeCloseTo(-55, 0);
  sound.forget();
  expect(sound.noiseFloorDbfs).toBeCloseTo(-55, 0);
});

it('forgets how the line sounded three seconds ago', () => {
  const sound = new LineSound();
  for (let frame = 0; frame < 96; frame++) sound.push(new Int16Array(512));
  expect(sound.noiseFloorDbfs).toBe(-100);
  for (let frame = 0; frame < 96; frame++) sound.push(tone(-45));
  expect(sound.noiseFloorDbfs).toBeCloseTo(-45, 0);
});

it.each<[string, Int16Array, number]>([
  ['digital silence', new Int16Array(512), -100],
  ['an offset alone', frameOf(() => 12_000), -100],
  ['an offset under noise', tone(-50).map((sample) => sample + 9_000), -50],
  ['clipping', frameOf((i) => (i % 2 ? 32_767 : -32_768)), 0],
  ['the quietest noise there is', frameOf((i) => i % 2), -96],
])('%s', (_, frame, dbfs) => {
  expect(levelDbfs(frame)).toBeCloseTo(dbfs, 0);
  const sound = new LineSound();
  sound.push(frame);
  expect(sound.noiseFloorDbfs).toBeCloseTo(dbfs, 0);
});
