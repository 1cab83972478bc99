import { stt } from '@livekit/agents';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { deepgramStt } from '../../../pipelines/providers/deepgram-stt.ts';
import { type DeepgramBehaviour, startDeepgramDouble } from '../../fakes/deepgram-double.ts';
import { pushAudio, quiet, voice } from '../audio-for-test.ts';
import { contextForTest } from '../call-for-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function start(behaviour: Partial<DeepgramBehaviour> = {}, options: Record<string, unknown> = {}) {
  const double = await startDeepgramDouble(behaviour);
  const ears = deepgramStt.create(
    deepgramStt.options.parse({ apiKey: 'key', url: double.url, ...options }),
    contextForTest(),
  );
  const errors: string[] = [];
  ears.on('error', ({ error }) => errors.push(error.message));
  closings.push(double.close, () => ears.close());
  return { double, stream: ears.stream(), errors };
}

test('a stream without audio is kept open, first with silence, then with keep-alives', async () => {
  const { double, stream, errors } = await start({ idleSeconds: 5 });
  await sleep(9_000);
  expect([double.state.open, double.state.connections, errors]).toEqual([1, 1, []]);
  expect(double.state.keepAlives).toBe(1);
  stream.close();
}, 15_000);

test('where the end of speech is never told, the end of the utterance ends it', async () => {
  const { stream } = await start({ withoutSpeechFinal: true });
  void pushAudio(stream, [...voice(600), ...quiet(600)]);
  const types: stt.SpeechEventType[] = [];
  for await (const { type } of stream) types.push(type);
  expect(types.filter((type) => type === stt.SpeechEventType.END_OF_SPEECH)).toHaveLength(1);
});

test.each([
  [{ keyterms: ['Parley', 'Ada Lovelace'] }, { keyterm: ['Parley', 'Ada Lovelace'], model: ['nova-3'] }],
  [
    { model: 'nova-2-phonecall', keyterms: ['Parley'] },
    { keywords: ['Parley'], model: ['nova-2-phonecall'] },
  ],
  [{ model: 'nova-3-multi' }, { model: ['nova-3'], language: ['multi'] }],
  [{ language: 'de' }, { language: ['de'] }],
  [{}, { language: ['en-US'], encoding: ['linear16'], sample_rate: ['16000'], interim_results: ['true'] }],
  [
    { optOutOfTraining: true, smartFormat: false },
    { mip_opt_out: ['true'], smart_format: ['false'] },
  ],
])('the options %j are asked for as %j', async (options, query) => {
  const { double, stream } = await start({}, options);
  await expect.poll(() => double.state.queries.length).toBe(1);
  expect(double.state.queries[0]).toMatchObject(query);
  stream.close();
});

test.each([
  [{ code: 1011, reason: 'NET-0000' }, /unreachable|closed the stream \(1011 NET-0000\)/],
  [{ code: 1008, reason: 'DATA-0000' }, /the audio was not understood \(DATA-0000\)/],
])('a close with %j is told', async (closeInSpeech, says) => {
  const { stream, errors } = await start({ closeInSpeech });
  void pushAudio(stream, voice(600)).catch(() => undefined);
  for await (const _ of stream);
  expect(errors[0]).toMatch(says);
});
