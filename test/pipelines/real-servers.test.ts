import { stt, tts } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { describe, expect, test } from 'vitest';
import { FallbackVoice } from '../../pipelines/fallback/fallback-tts.ts';
import { loadProvider, type ProviderName } from '../../pipelines/index.ts';
import type { Transcriber } from '../../pipelines/wire/transcriber.ts';
import type { Voice } from '../../pipelines/wire/voice.ts';
import { pushAudio, quiet } from './audio-for-test.ts';
import { contextForTest, standbysForTest } from './call-for-test.ts';

/**
 * Real servers to try, where addresses are given; docs/lan.md tells how to start them. The recognisers hear the first of the
 * voices that has an address: `REAL_PIPER_URL=http://localhost:5000 REAL_WHISPERLIVE_URL=ws://localhost:9090 npx vitest run
 * --project unit real-servers`.
 */
const voices: [ProviderName, string | undefined][] = [
  ['piper-http-tts', process.env['REAL_PIPER_URL']],
  ['piper-wyoming-tts', process.env['REAL_WYOMING_URL']],
];
const { REAL_WHISPERLIVE_URL, REAL_WHISPERLIVEKIT_URL } = process.env;
const recognisers: [ProviderName, string | undefined, Record<string, string>][] = [
  ['whisperlive-stt', REAL_WHISPERLIVE_URL, { model: process.env['REAL_WHISPERLIVE_MODEL'] ?? 'tiny.en' }],
  ['whisperlivekit-stt', REAL_WHISPERLIVEKIT_URL, {}],
  // The same server speaks Deepgram's protocol too, and wants no key unless it was started with one.
  ['deepgram-stt', REAL_WHISPERLIVEKIT_URL, { apiKey: 'none' }],
];
const text = 'Good morning. The practice opens at nine. Shall I book a time for you?';
const asHeard = /good morning.*practi[cs]e.*(nine|9).*book/;
/** A busy processor is seconds behind: so long the caller waits in silence to be understood. */
const patienceMs = 60_000;
// A server that takes one caller is still busy with the last one when a failed test is tried again.
const once = { retry: 0 };

async function speak(name: ProviderName, url: string) {
  const provider = await loadProvider(name);
  const context = contextForTest();
  const instance = (await provider.create(provider.options.parse({ url }), context)) as Voice;
  const voice = new FallbackVoice(standbysForTest('tts', { [name]: instance }, { context }));
  const started = performance.now();
  const stream = voice.stream();
  stream.pushText(text);
  stream.endInput();
  let firstSoundMs = 0;
  const frames: AudioFrame[] = [];
  for await (const item of stream) {
    if (item === tts.SynthesizeStream.END_OF_STREAM) continue;
    firstSoundMs ||= performance.now() - started;
    frames.push(item.frame);
  }
  await voice.close();
  return { frames, firstSoundMs, allMs: performance.now() - started, failures: context.failures };
}

describe.each(voices)('the real server of %s', (name, url) => {
  test.skipIf(!url)('speaks a text at the rate of a call', async () => {
    const { frames, firstSoundMs, allMs, failures } = await speak(name, url ?? '');
    const seconds = frames.reduce((sum, frame) => sum + frame.samplesPerChannel / frame.sampleRate, 0);
    process.stdout.write(
      `${name}: first sound ${firstSoundMs.toFixed(0)} ms, all ${allMs.toFixed(0)} ms, ${seconds.toFixed(2)} s of sound\n`,
    );
    expect(failures).toEqual([]);
    expect(new Set(frames.map(({ sampleRate }) => sampleRate))).toEqual(new Set([16_000]));
    expect(seconds).toBeGreaterThan(2.5);
    expect(firstSoundMs).toBeLessThan(allMs);
  });

  test.skipIf(!url)('is found good by its check, and a missing voice is told', async () => {
    const provider = await loadProvider(name);
    expect(await provider.check(provider.options.parse({ url }), { timeoutMs: 5_000 })).toMatchObject({ ok: true });
    const missing = await provider.check(provider.options.parse({ url, voice: 'no-such-voice' }), { timeoutMs: 5_000 });
    expect(missing).toMatchObject({ ok: false, message: expect.stringContaining('PIPER_VOICE') as string });
  });
});

describe.each(recognisers)('the real server of %s', (name, url, more) => {
  const [speaker, speakerUrl] = voices.find(([, address]) => address) ?? [];
  test.skipIf(!url || !speakerUrl)('understands what a real voice says', { ...once, timeout: 90_000 }, async () => {
    const { frames } = await speak(speaker ?? 'piper-http-tts', speakerUrl ?? '');
    const provider = await loadProvider(name);
    const ears = (await provider.create(provider.options.parse({ url, ...more }), contextForTest())) as Transcriber;
    const errors: string[] = [];
    ears.on('error', ({ error }) => errors.push(error.message));
    const stream = ears.stream();
    const finals: string[] = [];
    const heard = () => finals.join(' ').toLowerCase();
    const call = (async () => {
      await pushAudio(stream, [...quiet(500), ...frames], 1, { ends: false });
      const started = performance.now();
      const over = () => asHeard.test(heard()) || errors.length > 0 || performance.now() - started > patienceMs;
      while (!over()) await pushAudio(stream, quiet(200), 1, { ends: false });
      process.stdout.write(
        `${name}: ${JSON.stringify(finals)} ${((performance.now() - started) / 1000).toFixed(1)} s after\n`,
      );
      stream.endInput();
    })();
    for await (const { type, alternatives } of stream)
      if (type === stt.SpeechEventType.FINAL_TRANSCRIPT) finals.push(alternatives?.[0].text ?? '');
    await call;
    expect(errors).toEqual([]);
    expect(heard()).toMatch(asHeard);
  });
});
