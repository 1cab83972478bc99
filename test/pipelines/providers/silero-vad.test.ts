import { inference, type VAD, VADEventType } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { buildPipeline, checkProvider, loadProvider, resolvePipeline } from '../../../pipelines/index.ts';
import { WavReader } from '../../../pipelines/wire/wav.ts';
import { contextForTest } from '../call-for-test.ts';

const silent = (seconds: number) => new Int16Array(seconds * 16_000);

/** What was said of these samples, in order. */
async function heard(name: 'silero-vad' | 'silero-plugin-vad', parts: Int16Array[]): Promise<VADEventType[]> {
  const provider = await loadProvider(name);
  const vad = await provider.create(provider.options.parse({}), contextForTest());
  const stream = (vad as VAD).stream();
  let samples = 0;
  for (const part of parts)
    for (let start = 0; start + 320 <= part.length; start += 320, samples += 320)
      stream.pushFrame(new AudioFrame(part.slice(start, start + 320), 16_000, 1, 320));
  const types: VADEventType[] = [];
  for await (const { type, samplesIndex } of stream) {
    if (type !== VADEventType.INFERENCE_DONE) types.push(type);
    // The model takes windows of 512 samples.
    else if (samplesIndex > samples - 1_024) break;
  }
  stream.close();
  return types;
}

afterEach(() => {
  vi.doUnmock('@livekit/agents-plugin-silero');
});

describe.each(['silero-vad', 'silero-plugin-vad'] as const)('%s', (name) => {
  test('tells when a person begins to speak and when they have ended, and hears nobody in a hum', async () => {
    const bytes = new WavReader({ provider: name, cure: '' }).push(
      await readFile(new URL('../../../bench/speech/hours.wav', import.meta.url)),
    );
    const speech = new Int16Array(Uint8Array.from(bytes).buffer);
    const hum = silent(2).map((_, index) => 6_000 * Math.sin((2 * Math.PI * 50 * index) / 16_000));
    const { START_OF_SPEECH, END_OF_SPEECH } = VADEventType;
    expect(await heard(name, [silent(1), hum, silent(1)])).toEqual([]);
    expect(await heard(name, [silent(1), speech, silent(1)])).toEqual([START_OF_SPEECH, END_OF_SPEECH]);
  });

  test('is found good by its check', async () => {
    expect(await checkProvider({ provider: name }, { settings: {} })).toMatchObject({ ok: true });
  });
});

test('where the plugin is not installed its check says what to do, and a call uses the bundled one', async () => {
  vi.doMock('@livekit/agents-plugin-silero', () => {
    throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
  });
  const url = 'http://127.0.0.1:1';
  const settings = {
    'whisperlive-stt': { url: 'ws://127.0.0.1:1' },
    'ollama-llm': { url, model: 'm' },
    'piper-http-tts': { url },
  };
  const wanted = { preset: 'lan', vad: 'silero-plugin-vad' };
  const definition = resolvePipeline({ wanted, settings, available: { embedded: false } });
  const check = await checkProvider(definition.vad[0], { settings });
  expect(check.ok).toBe(false);
  expect(check.message).toMatch(/npm install @livekit\/agents-plugin-silero@1\.9\.0.*or use silero-vad/);
  const context = contextForTest();
  const pipeline = await buildPipeline({ definition, settings, context });
  await pipeline.close();
  expect(pipeline.vad).toBeInstanceOf(inference.VAD);
  expect(context.logs.join()).toMatch(/Left out of the pipeline: silero-plugin-vad/);
});
