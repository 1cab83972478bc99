import { afterEach, expect, test } from 'vitest';
import { piperHttpTts } from '../../../pipelines/providers/piper-http-tts.ts';
import '../call-for-test.ts';
import { type PiperBehaviour, startPiperDouble } from '../../fakes/piper-double.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function say(text: string, behaviour: Partial<PiperBehaviour> = {}, options: Record<string, unknown> = {}) {
  const double = await startPiperDouble(behaviour);
  const voice = piperHttpTts.create(piperHttpTts.options.parse({ url: double.url, ...options }));
  closings.push(double.close, () => voice.close());
  const errors: string[] = [];
  voice.on('error', ({ error }) => errors.push(error.message));
  const stream = voice.stream();
  stream.pushText(text);
  stream.endInput();
  const frames = [];
  for await (const item of stream) if (typeof item !== 'symbol') frames.push(item.frame);
  return { double, frames, errors };
}

test.each([16_000, 22_050] as const)('the rate is taken from the file: %i Hz', async (rateHz) => {
  const { frames } = await say('Good morning.', { rateHz });
  expect(new Set(frames.map(({ sampleRate }) => sampleRate))).toEqual(new Set([rateHz]));
});

test('a server of before 1.5 is found out by itself, and asked in its way from then on', async () => {
  const { double, frames, errors } = await say('Good morning. How can I help you today?', { generation: 'root' });
  expect(errors).toEqual([]);
  expect(double.state.texts).toEqual(['Good morning.', 'How can I help you today?']);
  expect(frames.length).toBeGreaterThan(0);
});

test('the archived server is given plain text, when that is asked for', async () => {
  const { double, errors } = await say('Good morning.', { generation: 'text' }, { route: 'text' });
  expect(errors).toEqual([]);
  expect(double.state.texts).toEqual(['Good morning.']);
});

test('a server without any of the routes is told apart from a failing one', async () => {
  const { errors } = await say('Good morning.', { failWith: 404 });
  expect(errors).toEqual(['piper-http-tts: no Piper answers there. Correct PIPER_URL, or the option route.']);
});

test('voice, speaker and tone are asked for', async () => {
  const options = { voice: 'en_US-joe-medium', speaker: 3, lengthScale: 1.2, noiseScale: 0, noiseWScale: 0.5 };
  const { double } = await say('Good morning.', {}, options);
  expect(double.state.bodies).toEqual([
    {
      text: 'Good morning.',
      voice: 'en_US-joe-medium',
      speaker_id: 3,
      length_scale: 1.2,
      noise_scale: 0,
      noise_w_scale: 0.5,
    },
  ]);
});

test('sentences are asked for ahead, two at once, and the first one alone', async () => {
  const text = 'This is the first one. This is the second one. This is the third one. This is the fourth one.';
  const { double } = await say(text, { delayMs: 40 });
  expect(double.state.texts).toHaveLength(4);
  expect(double.state.mostOpen).toBe(2);
});
