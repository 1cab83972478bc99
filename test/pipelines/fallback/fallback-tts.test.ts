import { tts } from '@livekit/agents';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FallbackVoice } from '../../../pipelines/fallback/fallback-tts.ts';
import { elevenlabsTts } from '../../../pipelines/providers/elevenlabs-tts.ts';
import { type ElevenLabsDouble, startElevenLabsDouble } from '../../fakes/elevenlabs-double.ts';
import { type ContextForTest, contextForTest, standbysForTest } from '../call-for-test.ts';

const text = 'The practice opens at nine. On Friday it closes at noon. Shall I book a time for you?';

describe('the voices of a call as one', () => {
  let first: ElevenLabsDouble;
  let second: ElevenLabsDouble;
  let context: ContextForTest;
  let voice: FallbackVoice;

  const create = (url: string) =>
    elevenlabsTts.create(
      elevenlabsTts.options.parse({ apiKey: 'key', url, audioTimeoutMs: url === first.url ? 500 : 20_000 }),
      context,
    );

  beforeEach(async () => {
    first = await startElevenLabsDouble();
    second = await startElevenLabsDouble();
    context = contextForTest();
    voice = new FallbackVoice(
      standbysForTest('tts', { 'elevenlabs-tts': create(first.url), 'deepgram-tts': create(second.url) }, { context }),
    );
    voice.on('error', () => undefined);
  });
  afterEach(async () => {
    await voice.close();
    await Promise.all([first.close(), second.close()]);
  });

  async function say() {
    const stream = voice.stream();
    for (const word of text.match(/\S+\s*/g) ?? []) stream.pushText(word);
    stream.endInput();
    let milliseconds = 0;
    for await (const item of stream)
      if (item !== tts.SynthesizeStream.END_OF_STREAM) milliseconds += item.frame.samplesPerChannel / 16;
    return milliseconds;
  }

  test('the first speaks while it works', async () => {
    expect(await say()).toBeCloseTo(text.length * 60, -3);
    expect(second.state.texts).toEqual([]);
  });

  test.each([
    ['breaks', { breakAfterMs: 800 }],
    ['stalls', { stallAfterMs: 800 }],
  ])('the second goes on at the word where the first %s', async (_what, behaviour) => {
    Object.assign(first.behaviour, behaviour);
    await say();
    expect(second.state.texts.join('')).toBe(`${text.slice(text.indexOf('opens'))} `);
    expect(context.failures).toMatchObject([{ provider: 'elevenlabs-tts', next: 'deepgram-tts', midStream: true }]);
  });

  test('the second repeats the sentence when the first never told how far it was', async () => {
    Object.assign(first.behaviour, { breakAfterMs: 1_000, withoutAlignment: true });
    await say();
    expect(second.state.texts.join('')).toBe(`${text} `);
  });

  test.each([
    ['has no quota left', { status: 401, detail: { status: 'quota_exceeded', message: 'over' } }, 'quota_exceeded'],
    ['does not know the voice', { status: 400, detail: { status: 'voice_not_found', message: '' } }, 'voice_not_found'],
    ['is busy', { status: 429, detail: { status: 'system_busy', message: '' } }, 'rate_limited'],
  ])('the second speaks when the first %s', async (_what, refuse, code) => {
    first.behaviour.refuse = refuse;
    first.dropAll();
    await expect.poll(() => first.state.open).toBe(0);
    await say();
    expect(second.state.texts.join('')).toBe(`${text} `);
    expect(context.failures[0]?.error.code).toBe(code);
  });

  test('what is written is sent to each voice as it is to be spoken', async () => {
    const reading = { language: 'en-US', pronunciation: { Ngo: 'no' } };
    voice = new FallbackVoice(standbysForTest('tts', { 'elevenlabs-tts': create(first.url) }, { context }), reading);
    const stream = voice.stream();
    for (const piece of ['Dr Ngo opens at ', '9:', '30 on March ', '5.']) stream.pushText(piece);
    stream.endInput();
    for await (const _ of stream);
    expect(first.state.texts.join('').trim()).toBe('Dr no opens at nine thirty on March fifth.');
  });

  test('a failure after the last sound is not heard again', async () => {
    first.behaviour.lingerMs = 60_000;
    await say();
    expect(second.state.texts).toEqual([]);
  });
});
