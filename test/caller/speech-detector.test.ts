import { describe, expect, it } from 'vitest';
import { createArrivalClock } from '../../src/caller/arrival-clock.ts';
import { createSpeechDetector, isWord } from '../../src/caller/speech-detector.ts';
import { tone } from './tone-agent.ts';

const rateHz = 16000;

/** Pushes 10 ms frames of a pattern: positive lengths are tones, negative ones silence; ms. */
function detect(pattern: number[], amplitude = 8000) {
  const detector = createSpeechDetector();
  const pcm = Int16Array.from(
    pattern.flatMap((ms) => [...tone({ ms: Math.abs(ms), amplitude: ms > 0 ? amplitude : 0 })]),
  );
  for (let at = 0; at < pcm.length; at += 160) detector.push(pcm.subarray(at, at + 160), rateHz, 1000 + at / 16);
  return detector;
}

describe('speech detection', () => {
  it('finds the first and the last audible sample, within a few milliseconds', () => {
    const [segment, ...rest] = detect([-105, 400, -500]).segments;
    expect(rest).toEqual([]);
    expect(segment?.startMs).toBeGreaterThan(1104);
    expect(segment?.startMs).toBeLessThan(1107);
    expect(segment?.endMs).toBeGreaterThan(1503);
    expect(segment?.endMs).toBeLessThan(1506);
  });

  it('takes a short pause as part of the speech and a longer one as its end', () => {
    expect(detect([300, -150, 300, -400]).segments).toHaveLength(1);
    expect(detect([300, -250, 300, -400]).segments).toHaveLength(2);
  });

  it('takes neither a click nor quiet noise for speech', () => {
    expect(detect([-100, 5, -500]).segments).toEqual([]);
    expect(detect([1000], 150).segments).toEqual([]);
  });

  it('takes a scrap of sound for no word, not even while more may come', () => {
    const scrap = detect([-100, 40, -100]).segments[0];
    expect(scrap?.endMs).toBeNull();
    expect(scrap && isWord(scrap)).toBe(false);
    const word = detect([-100, 150]).segments[0];
    expect(word && isWord(word)).toBe(true);
  });

  it('leaves speech that goes on open until the audio ends', () => {
    const detector = detect([-100, 300]);
    expect(detector.segments[0]?.endMs).toBeNull();
    detector.close();
    expect(detector.segments[0]?.endMs).toBeGreaterThan(1395);
  });
});

describe('the clock of arriving frames', () => {
  it('takes out the delays of a busy process', () => {
    const clock = createArrivalClock(10);
    const placed = [0, 10, 20, 75, 75, 76, 76, 77, 80].map((arrival) => clock.place(1000 + arrival));
    expect(placed).toEqual([1000, 1010, 1020, 1030, 1040, 1050, 1060, 1070, 1080]);
  });

  it('follows a stream that really paused, and never places a frame more than 100 ms before it came', () => {
    const clock = createArrivalClock(10);
    for (let frame = 0; frame < 50; frame++) clock.place(frame * 10);
    const placed = Array.from({ length: 60 }, (_, frame) => clock.place(1000 + frame * 10));
    expect(placed[0]).toBe(900);
    expect(placed.at(-1)).toBe(1590);
  });
});
