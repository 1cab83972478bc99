import { stt } from '@livekit/agents';
import { afterEach, expect, test } from 'vitest';
import { FallbackTranscriber } from '../../../pipelines/fallback/fallback-stt.ts';
import { deepgramFluxStt } from '../../../pipelines/providers/deepgram-flux-stt.ts';
import { startFluxDouble } from '../../fakes/deepgram-flux-double.ts';
import { pushAudio, quiet, voice } from '../audio-for-test.ts';
import { contextForTest, standbysForTest } from '../call-for-test.ts';

const { PREFLIGHT_TRANSCRIPT, FINAL_TRANSCRIPT } = stt.SpeechEventType;

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function listen(options: Record<string, unknown>): Promise<string[]> {
  const double = await startFluxDouble({ eagerDelayMs: 50, finalDelayMs: 150, transcripts: ['when are you open'] });
  const chosen = deepgramFluxStt.options.parse({ url: double.url, apiKey: 'key', ...options });
  const ears = deepgramFluxStt.create(chosen, contextForTest());
  closings.push(double.close, () => ears.close());
  const stream = ears.stream();
  void pushAudio(stream, [...voice(800), ...quiet(1200)]).catch(() => undefined);
  const told: string[] = [];
  for await (const { type, alternatives } of stream) {
    if (type === PREFLIGHT_TRANSCRIPT) told.push(`ahead: ${alternatives?.[0].text}`);
    if (type === FINAL_TRANSCRIPT) told.push(`final: ${alternatives?.[0].text}`);
  }
  return told;
}

test('an end of turn that is only likely is told ahead, so that an answer can be prepared', async () => {
  expect(await listen({ eagerEotThreshold: 0.4 })).toEqual(['ahead: when are you open', 'final: when are you open']);
});

test.each([
  ['en-GB', 'flux-general-en', []],
  ['de-DE', 'flux-general-multi', ['de-DE']],
])('a call in %s is heard by %s', async (language, model, hints) => {
  const double = await startFluxDouble();
  const chosen = deepgramFluxStt.options.parse({ url: double.url, apiKey: 'key' });
  const ears = deepgramFluxStt.create(chosen, { ...contextForTest(), language });
  closings.push(double.close, () => ears.close());
  const stream = ears.stream();
  await pushAudio(stream, quiet(100));
  expect([ears.model, double.state.asked.get('model'), double.state.asked.getAll('language_hint')]).toEqual([
    model,
    model,
    hints,
  ]);
});

test('the ends of turns that it finds are told to the call, with their probability', async () => {
  const double = await startFluxDouble({ transcripts: ['when are you open'] });
  const chosen = deepgramFluxStt.options.parse({ url: double.url, apiKey: 'key' });
  const context = contextForTest();
  const flux = deepgramFluxStt.create(chosen, context);
  const ears = new FallbackTranscriber(standbysForTest('stt', { 'deepgram-flux-stt': flux }, { context }), () => {});
  closings.push(double.close, () => ears.close());
  const over: number[] = [];
  ears.onTurnOver = (probability) => over.push(probability);
  const stream = ears.stream();
  void pushAudio(stream, [...voice(400), ...quiet(400)]).catch(() => undefined);
  for await (const _ of stream);
  expect(over).toEqual([0.9]);
});

test('who does not ask for it is told nothing ahead', async () => {
  expect(await listen({})).toEqual(['final: when are you open']);
});
