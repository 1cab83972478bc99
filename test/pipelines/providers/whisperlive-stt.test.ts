import { stt } from '@livekit/agents';
import { afterEach, expect, test } from 'vitest';
import { whisperliveStt } from '../../../pipelines/providers/whisperlive-stt.ts';
import { startWhisperLiveDouble, type WhisperLiveBehaviour } from '../../fakes/whisperlive-double.ts';
import { pushAudio, quiet, voice } from '../audio-for-test.ts';
import { contextForTest } from '../call-for-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function listen(behaviour: Partial<WhisperLiveBehaviour>, options: Record<string, unknown> = {}, utterances = 1) {
  const double = await startWhisperLiveDouble({ passMs: 8, ...behaviour });
  const ears = whisperliveStt.create(whisperliveStt.options.parse({ url: double.url, ...options }), contextForTest());
  const errors: string[] = [];
  ears.on('error', ({ error }) => errors.push(error.message));
  closings.push(double.close, () => ears.close());
  const stream = ears.stream();
  const audio = Array.from({ length: utterances }, () => [...voice(800), ...quiet(900)]).flat();
  void pushAudio(stream, audio).catch(() => undefined);
  const finals: string[] = [];
  for await (const { type, alternatives } of stream)
    if (type === stt.SpeechEventType.FINAL_TRANSCRIPT) finals.push(alternatives?.[0].text ?? '');
  return { double, finals, errors };
}

test('the configuration comes first, with all that the server needs', async () => {
  const { double } = await listen({}, { model: 'small.en', hotwords: 'Parley' });
  expect(double.state.configurations).toMatchObject([
    { language: 'en', task: 'transcribe', model: 'small.en', hotwords: 'Parley', uid: expect.any(String) as string },
  ]);
  await expect.poll(() => double.state.ended).toBe(1);
});

test('a server that takes whole numbers gets them', async () => {
  const { finals } = await listen({ audioFormat: 'int16' }, { audioFormat: 'int16' });
  expect(finals).toEqual(['hello there']);
});

test('in a pause the text so far is told ahead, once, and the end of the utterance says the same', async () => {
  const double = await startWhisperLiveDouble({ passMs: 8, transcripts: ['when are you open'] });
  const ears = whisperliveStt.create(whisperliveStt.options.parse({ url: double.url }), contextForTest());
  closings.push(double.close, () => ears.close());
  const stream = ears.stream();
  void pushAudio(stream, [...voice(1_000), ...quiet(900)]).catch(() => undefined);
  const told: string[] = [];
  for await (const { type, alternatives } of stream)
    if (type === stt.SpeechEventType.PREFLIGHT_TRANSCRIPT) told.push(`ahead: ${alternatives?.[0].text}`);
    else if (type === stt.SpeechEventType.FINAL_TRANSCRIPT) told.push(`final: ${alternatives?.[0].text}`);
  expect(told).toEqual(['ahead: when are you open', 'final: when are you open']);
});

test('a caller who says the same twice is heard twice, and so is what they say next', async () => {
  const { finals } = await listen({ transcripts: ['yes', 'yes', 'no', 'never'] }, {}, 4);
  expect(finals).toEqual(['yes', 'yes', 'no', 'never']);
});

test('the time limit of a connection is not heard: the next one goes on', async () => {
  const { double, finals, errors } = await listen(
    { disconnectAfterSeconds: 1.5, transcripts: ['the first', 'and the second', 'and a third'] },
    {},
    3,
  );
  expect(finals).toEqual(['the first', 'and the second', 'and a third']);
  expect(double.state.connections).toBe(2);
  expect(errors).toEqual([]);
});

test('words that come without anybody speaking are an invention, and are not told', async () => {
  const double = await startWhisperLiveDouble({ passMs: 8, transcripts: ['thank you for watching'] });
  const ears = whisperliveStt.create(whisperliveStt.options.parse({ url: double.url }), contextForTest());
  closings.push(double.close, () => ears.close());
  const stream = ears.stream();
  // A hum: loud enough for the server, and no voice.
  const hum = quiet(1_000).map((frame) => {
    frame.data.forEach((_, index) => (frame.data[index] = 3_000 * Math.sin((2 * Math.PI * 50 * index) / 16_000)));
    return frame;
  });
  void pushAudio(stream, [...hum, ...quiet(600)]);
  const types: number[] = [];
  for await (const { type } of stream) types.push(type);
  expect(types).toEqual([]);
});
