import { stt } from '@livekit/agents';
import { afterEach, expect, test } from 'vitest';
import { whisperlivekitStt } from '../../../pipelines/providers/whisperlivekit-stt.ts';
import { startWhisperLiveKitDouble } from '../../fakes/whisperlivekit-double.ts';
import { pushAudio, quiet, voice } from '../audio-for-test.ts';
import { contextForTest } from '../call-for-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function listen(lagMs: number, settleMs: number) {
  const double = await startWhisperLiveKitDouble({ lagMs, transcripts: ['good morning', 'and good bye'] });
  const options = whisperlivekitStt.options.parse({ url: double.url, settleMs });
  const ears = whisperlivekitStt.create(options, contextForTest());
  closings.push(double.close, () => ears.close());
  const stream = ears.stream();
  void pushAudio(stream, [...voice(600), ...quiet(2_400), ...voice(600), ...quiet(2_400)], 2).catch(() => undefined);
  const told: string[] = [];
  for await (const { type, alternatives } of stream)
    if (type === stt.SpeechEventType.FINAL_TRANSCRIPT) told.push(alternatives?.[0].text ?? '');
    else if (type === stt.SpeechEventType.END_OF_SPEECH) told.push('end');
  return told;
}

test('a server that only counts how far it is behind has not said that there are no words', async () => {
  expect(await listen(1_000, 4_000)).toEqual(['good morning', 'end', 'and good bye', 'end']);
});

test('words of a server that is further behind than is waited for are told all the same', async () => {
  expect(await listen(2_000, 600)).toEqual(['end', 'good morning', 'end', 'and good bye']);
});
