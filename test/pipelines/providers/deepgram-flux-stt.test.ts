import { stt } from '@livekit/agents';
import { afterEach, expect, test } from 'vitest';
import { deepgramFluxStt } from '../../../pipelines/providers/deepgram-flux-stt.ts';
import { startFluxDouble } from '../../fakes/deepgram-flux-double.ts';
import { pushAudio, quiet, voice } from '../audio-for-test.ts';
import { contextForTest } from '../call-for-test.ts';

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

test('who does not ask for it is told nothing ahead', async () => {
  expect(await listen({})).toEqual(['final: when are you open']);
});
