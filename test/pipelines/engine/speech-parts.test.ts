import { describe, expect, it } from 'vitest';
import { speechParts } from '../../../pipelines/engine/speech-parts.ts';

/** Loud samples with silence from `from` to `to`. */
function loudExcept(length: number, from: number, to: number): Int16Array {
  return Int16Array.from({ length }, (_, index) => (index >= from && index < to ? 0 : 9000));
}

describe('long speech', () => {
  it('stays whole when it is short enough', () => {
    expect(speechParts(new Int16Array(900), 900, 10)).toHaveLength(1);
  });

  it('is cut where it is quiet', () => {
    const [first, second, ...more] = speechParts(loudExcept(1200, 750, 790), 900, 20);
    expect(first?.length).toBeGreaterThan(750);
    expect(first?.length).toBeLessThan(790);
    expect((first?.length ?? 0) + (second?.length ?? 0)).toBe(1200);
    expect(more).toEqual([]);
  });

  it('is cut anyway when it is quiet nowhere, into parts that fit, and loses nothing', () => {
    const pcm = Int16Array.from({ length: 5000 }, (_, index) => index + 1);
    const parts = speechParts(pcm, 900, 20);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(900);
    expect(parts.flatMap((part) => [...part])).toEqual([...pcm]);
  });
});
