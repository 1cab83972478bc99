import { llm } from '@livekit/agents';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { withLineNoise } from '../../../pipelines/engine/line-noise.ts';
import { readWav, toMono } from '../../../src/caller/wav.ts';
import type { TurnEnding } from '../../../src/calls/call.ts';
import { BackgroundGate } from '../../../src/worker/turns/background-gate.ts';
import { TurnDetector } from '../../../src/worker/turns/turn-detector.ts';
import { BeepDetector } from '../../../telephony/beep-detector.ts';

const sampleRateHz = 16_000;
const frameSamples = 512;
const frameMs = 32;
const vadMs = 250;
/** Longer sound is said again from its beginning. */
const longestMadeSeconds = 4;

let spoken: Int16Array;
beforeAll(async () => {
  spoken = toMono(await readWav(fileURLToPath(new URL('../../../bench/speech/hours.wav', import.meta.url)))).pcm;
});
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const sine = (hz: number, at: number) => 6_000 * Math.sin((2 * Math.PI * hz * at) / sampleRateHz);
const speech = (at: number) => spoken[at % spoken.length]!;
/** Chords of half a second, as music on hold has them. */
const music = (at: number) => {
  const root = 220 * 2 ** ([0, 3, 7, 10][Math.floor(at / 8_000) % 4]! / 12);
  return sine(root, at) + sine(1.26 * root, at) + sine(1.5 * root, at);
};
const clip = (value: number) => Math.max(-32_768, Math.min(32_767, Math.round(value)));

/** What a line carries for so long, and whether the voice detector takes it for speech. */
const lines: [string, { seconds: number; sample: (at: number) => number; words: boolean }][] = [
  ['digital silence', { seconds: 30, sample: () => 0, words: false }],
  ['speech that clips', { seconds: 6, sample: (at) => 40 * speech(at), words: true }],
  ['speech with an offset', { seconds: 6, sample: (at) => speech(at) + 9_000, words: true }],
  ['8 kHz sent as 16 kHz', { seconds: 3, sample: (at) => speech(2 * at), words: true }],
  ['a caller who never stops, for three minutes', { seconds: 180, sample: speech, words: true }],
  ['music on hold for five minutes', { seconds: 300, sample: music, words: false }],
  ['two people at once', { seconds: 10, sample: (at) => speech(at) + speech(at + 9_000), words: true }],
  [
    '2 % of its packets lost',
    { seconds: 10, sample: (at) => (Math.floor(at / 320) % 50 === 7 ? 0 : speech(at)), words: true },
  ],
];

it.each(lines)(
  '%s: nothing breaks, the turn ends, and nobody is taken for a beep',
  async (_, { seconds, sample, words }) => {
    const endings: TurnEnding[] = [];
    const asked: number[] = [];
    let lastSoundMs: number | undefined;
    const detector = new TurnDetector({
      rules: {
        limits: { minMs: 300, maxMs: 1500, patienceMs: 2500, threshold: 0.36 },
        asks: { tools: [], language: 'en-US' },
        speaker: { language: 'en-US', country: 'US' },
        telephone: true,
      },
      endOfTurn: (pcm, noiseDbfs) => {
        asked.push(withLineNoise(pcm, noiseDbfs).length);
        return Promise.resolve(0.1);
      },
      soundAgoMs: () => (lastSoundMs === undefined ? undefined : performance.now() - lastSoundMs),
      onEnding: (ending) => endings.push(ending),
    });
    const gate = new BackgroundGate();
    const beeps = new BeepDetector(sampleRateHz);
    let heardBeeps = 0;
    detector.speaks(true);
    const frames = Array.from(
      { length: Math.floor((Math.min(seconds, longestMadeSeconds) * 1000) / frameMs) },
      (__, frame) =>
        Int16Array.from({ length: frameSamples }, (___, index) => clip(sample(frame * frameSamples + index))),
    );
    for (let ms = 0; ms < seconds * 1000; ms += frameMs) {
      const frame = frames[(ms / frameMs) % frames.length]!;
      detector.sound.push(frame);
      if (gate.pass(frame).length !== frameSamples) throw new Error('The gate changed the length of a frame.');
      if (beeps.push(frame)) heardBeeps += 1;
    }
    await vi.advanceTimersByTimeAsync(seconds * 1000);
    expect(endings).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    lastSoundMs = performance.now();
    await vi.advanceTimersByTimeAsync(vadMs);
    for (let ms = 0; ms < vadMs; ms += frameMs) detector.sound.push(new Int16Array(frameSamples));
    detector.speaks(false);
    if (words) {
      gate.heardWords();
      detector.heard({ isFinal: true });
    }
    const chatCtx = llm.ChatContext.empty();
    chatCtx.addMessage({ role: 'assistant', content: 'How can I help you?' });
    chatCtx.addMessage({ role: 'user', content: words ? 'When are you open?' : 'Hello?' });
    let over = false;
    void detector.predictEndOfTurn(chatCtx).then(() => (over = true));
    await vi.advanceTimersByTimeAsync(1_500);
    expect({ over, endings: endings.length, heardBeeps }).toEqual({ over: true, endings: 1, heardBeeps: 0 });
    expect(endings[0]!.silenceMs).toBeLessThanOrEqual(1_500);
    expect(Number.isFinite(endings[0]!.noiseFloorDbfs)).toBe(true);
    expect(Math.max(...asked)).toBeLessThanOrEqual(19_200);
    expect(vi.getTimerCount()).toBe(0);
    // Whoever speaks next as before is heard, whatever the line did.
    const next = Int16Array.from({ length: frameSamples }, (__, index) => clip(speech(30_000 + index) * 2));
    expect(gate.pass(next)).toBe(next);
    detector.close();
  },
);
