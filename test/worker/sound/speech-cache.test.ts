import { expect, test } from 'vitest';
import type { PreparedSpeech } from '../../../src/worker/sound/prepare-speech.ts';
import { SpeechCache } from '../../../src/worker/sound/speech-cache.ts';

/** A voice that may be spoken by its stand-in, and counts what it synthesises. */
function aVoice() {
  const voice = { healthy: 'real', spoke: 'real', synthesised: 0, waiting: [] as (() => void)[], fails: false };
  const cache = new SpeechCache();
  const say = (text: string, hold = false) =>
    cache.get({ key: text, speaker: () => voice.healthy, spokenBy: () => voice.spoke }, async () => {
      voice.synthesised += 1;
      const fails = voice.fails;
      if (hold) await new Promise<void>((resolve) => voice.waiting.push(resolve));
      if (fails) throw new Error('the call ended');
      return { text: `${text} by ${voice.spoke}`, frames: [] } satisfies PreparedSpeech;
    });
  return { voice, say };
}

test('what was spoken is spoken again from memory', async () => {
  const { voice, say } = aVoice();
  expect(await say('Hello')).toBe(await say('Hello'));
  expect(voice.synthesised).toBe(1);
});

test('what a stand-in spoke is not what later calls hear when the voice is healthy again', async () => {
  const { voice, say } = aVoice();
  voice.spoke = 'stand-in';
  expect((await say('Hello')).text).toBe('Hello by stand-in');
  voice.spoke = 'real';
  expect((await say('Hello')).text).toBe('Hello by real');
  expect((await say('Hello')).text).toBe('Hello by real');
  voice.healthy = 'stand-in';
  expect((await say('Hello')).text).toBe('Hello by stand-in');
  expect(voice.synthesised).toBe(2);
});

test('four calls at once synthesise a greeting once', async () => {
  const { voice, say } = aVoice();
  const all = [say('Hello', true), say('Hello', true), say('Hello', true), say('Hello', true)];
  await Promise.resolve();
  voice.waiting.forEach((go) => go());
  expect(new Set(await Promise.all(all)).size).toBe(1);
  expect(voice.synthesised).toBe(1);
});

test('a call whose neighbour ended while it synthesised does so itself', async () => {
  const { voice, say } = aVoice();
  voice.fails = true;
  const first = say('Hello', true);
  const second = say('Hello');
  voice.fails = false;
  voice.waiting.forEach((go) => go());
  await expect(first).rejects.toThrow('the call ended');
  expect((await second).text).toBe('Hello by real');
});
