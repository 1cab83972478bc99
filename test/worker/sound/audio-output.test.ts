import { setTimeout as sleep } from 'node:timers/promises';
import { voice } from '@livekit/agents';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallAudioOutput } from '../../../src/worker/sound/audio-output.ts';
import { startSdk } from '../../../src/worker/conversation/sdk-pins.ts';
import { SpokenText } from '../../../src/worker/conversation/spoken-text.ts';
import { toneFrames } from '../../fakes/sdk/tone-frames.ts';

startSdk(() => undefined);

describe("the agent's voice", () => {
  let words: SpokenText;
  let output: CallAudioOutput;
  let started: number[];
  let finished: voice.PlaybackFinishedEvent[];
  beforeEach(() => {
    words = new SpokenText();
    output = new CallAudioOutput(words);
    started = [];
    finished = [];
    output.on(voice.AudioOutput.EVENT_PLAYBACK_STARTED, () => started.push(performance.now()));
    output.on(voice.AudioOutput.EVENT_PLAYBACK_FINISHED, (event) => finished.push(event));
  });
  afterEach(() => output.close());

  const say = async (ms: number, frameMs = 50) => {
    for (const frame of toneFrames({ ms, sampleRateHz: 16_000, frameMs })) await output.captureFrame(frame);
    output.flush();
  };
  /** As the SDK does it: no more frames, then flushed and cleared in one go. */
  const sayUntilCut = async (ms: number, cutAfterMs: number) => {
    const cutAt = performance.now() + cutAfterMs;
    for (const frame of toneFrames({ ms, sampleRateHz: 16_000, frameMs: 50 })) {
      await output.captureFrame(frame);
      if (performance.now() > cutAt) break;
    }
    output.flush();
    output.clearBuffer();
  };

  it('plays an utterance at the pace of speech and reports it once', async () => {
    const began = performance.now();
    await say(600);
    await output.waitForPlayout();
    expect(performance.now() - began).toBeGreaterThan(500);
    expect(started).toHaveLength(1);
    expect(finished).toEqual([{ playbackPosition: expect.closeTo(0.6, 2), interrupted: false }]);
  });

  it('takes frames of any length', async () => {
    await say(700, 700);
    await output.waitForPlayout();
    expect(finished[0]?.playbackPosition).toBeCloseTo(0.7, 2);
  });

  it('tells what was heard of an utterance that is cut off', async () => {
    await words.captureText('One two three four five six seven eight nine ten.');
    words.flush();
    await sayUntilCut(5000, 1000);
    expect(finished).toHaveLength(1);
    expect(finished[0]).toMatchObject({ interrupted: true });
    expect(finished[0]!.playbackPosition).toBeGreaterThan(0.5);
    expect(finished[0]!.playbackPosition).toBeLessThan(1.6);
    expect('One two three four five').toContain(finished[0]!.synchronizedTranscript);
  });

  it('loses nothing when it is paused and goes on', async () => {
    const speaking = say(1000);
    await sleep(400);
    output.pause();
    const pausedAt = performance.now();
    await sleep(600);
    expect(finished).toHaveLength(0);
    output.resume();
    await speaking;
    await output.waitForPlayout();
    expect(performance.now() - pausedAt).toBeGreaterThan(1000);
    expect(finished).toEqual([{ playbackPosition: expect.closeTo(1, 2), interrupted: false }]);
  });

  it('does not hold up whoever speaks while it is paused, so that the speech can be taken back at once', async () => {
    const speaking = say(3000);
    await sleep(300);
    output.pause();
    await speaking;
    output.clearBuffer();
    await output.waitForPlayout();
    expect(finished).toEqual([expect.objectContaining({ interrupted: true })]);
    output.resume();
  });

  it('speaks between utterances, and lets the next one wait for that', async () => {
    const filler = toneFrames({ ms: 500, sampleRateHz: 16_000, frameMs: 100 });
    const filling = output.interlude(filler);
    const saidAt = performance.now();
    await say(200);
    expect(await filling).toBe(true);
    await output.waitForPlayout();
    expect(started[0]! - saidAt).toBeGreaterThan(350);
    // It belongs to no utterance.
    expect(finished).toEqual([{ playbackPosition: expect.closeTo(0.2, 2), interrupted: false }]);
  });

  it('says nothing in between while an utterance is heard, and stops at the voice of the caller', async () => {
    const filler = toneFrames({ ms: 3000, sampleRateHz: 16_000, frameMs: 100 });
    const speaking = say(300);
    await sleep(50);
    expect(await output.interlude(filler)).toBe(false);
    await speaking;
    await output.waitForPlayout();
    const began = performance.now();
    const filling = output.interlude(filler);
    await sleep(300);
    output.pause();
    await filling;
    expect(performance.now() - began).toBeLessThan(1500);
    output.resume();
  });

  it('makes no sound when it is resumed only to be cut off', async () => {
    const speaking = say(1000);
    await sleep(300);
    output.pause();
    await sleep(300);
    output.resume();
    await sleep(100);
    output.clearBuffer();
    await speaking;
    expect(finished[0]).toMatchObject({ interrupted: true });
    expect(finished[0]!.playbackPosition).toBeLessThan(0.4);
    await say(100);
    await output.waitForPlayout();
    expect(finished[1]).toMatchObject({ interrupted: false });
  });

  it('goes on after a pause although nothing new is said', async () => {
    await say(300);
    output.pause();
    await sleep(500);
    expect(finished).toHaveLength(0);
    output.resume();
    await output.waitForPlayout();
    expect(finished[0]).toMatchObject({ interrupted: false });
  });

  it('speaks again after it was cut off', async () => {
    await sayUntilCut(3000, 200);
    await say(200);
    await output.waitForPlayout();
    expect(finished.map(({ interrupted }) => interrupted)).toEqual([true, false]);
    expect(finished[1]!.playbackPosition).toBeCloseTo(0.2, 2);
  });

  it('ends what it says when it is closed, and stays silent', async () => {
    const speaking = say(3000);
    await sleep(200);
    await output.close();
    await speaking;
    expect(finished).toHaveLength(1);
    await output.captureFrame(toneFrames({ ms: 50, sampleRateHz: 16_000, frameMs: 50 })[0]!);
    expect(finished).toHaveLength(1);
  });
});
