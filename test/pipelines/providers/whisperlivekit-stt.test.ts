import { stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { afterEach, expect, test } from 'vitest';
import { whisperlivekitStt } from '../../../pipelines/providers/whisperlivekit-stt.ts';
import { startWhisperLiveKitDouble } from '../../fakes/whisperlivekit-double.ts';
import { pushAudio, quiet, voice } from '../audio-for-test.ts';
import { contextForTest } from '../call-for-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function listen(
  { settleMs, ...behaviour }: { settleMs: number; lagMs?: number; busyMs?: number },
  audio = [...voice(600), ...quiet(2_400), ...voice(600), ...quiet(2_400)],
  heardAgain: AudioFrame[] = [],
) {
  const double = await startWhisperLiveKitDouble({ ...behaviour, transcripts: ['good morning', 'and good bye'] });
  const options = whisperlivekitStt.options.parse({ url: double.url, settleMs });
  const ears = whisperlivekitStt.create(options, contextForTest());
  closings.push(double.close, () => ears.close());
  const stream = ears.stream();
  for (const frame of heardAgain) stream.pushFrame(frame);
  void pushAudio(stream, audio, 2).catch(() => undefined);
  const told: string[] = [];
  for await (const { type, alternatives } of stream)
    if (type === stt.SpeechEventType.FINAL_TRANSCRIPT) told.push(alternatives?.[0].text ?? '');
    else if (type === stt.SpeechEventType.END_OF_SPEECH) told.push('end');
  return told;
}

test('a server that only counts how far it is behind has not said that there are no words', async () => {
  expect(await listen({ lagMs: 1_000, settleMs: 4_000 })).toEqual(['good morning', 'end', 'and good bye', 'end']);
});

test('words of a server that is further behind than is waited for are told all the same', async () => {
  expect(await listen({ lagMs: 2_000, settleMs: 600 })).toEqual(['end', 'good morning', 'end', 'and good bye']);
});

test('a server that has not begun yet is not one that heard no words', async () => {
  const audio = [...voice(600), ...quiet(11_000)];
  expect(await listen({ busyMs: 4_500, settleMs: 300 }, audio)).toEqual(['end', 'good morning']);
});

test('audio that is heard again in one go is not worked out because the clock of the server does not count it', async () => {
  const audio = [...voice(600), ...quiet(9_000)];
  expect(await listen({ lagMs: 6_000, settleMs: 300 }, audio, quiet(8_000))).toEqual(['end', 'good morning']);
});
