import { initializeLogger, type tts } from '@livekit/agents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { piperEmbeddedTts } from '../../../pipelines/providers/piper-embedded-tts.ts';
import { contextOf } from '../engine/provider-context.ts';
import { fetchMs, startRealEngine } from '../engine/real-engine.ts';
import { joined, wordErrorRate } from '../engine/words.ts';

/** The machine that runs the tests may be busy with others. */
const patient = { audioTimeoutMs: 30_000 };

let host: Awaited<ReturnType<typeof startRealEngine>>;
let voice: tts.TTS;
beforeAll(async () => {
  initializeLogger({ pretty: false, level: 'silent' });
  host = await startRealEngine();
  voice = piperEmbeddedTts.create(piperEmbeddedTts.options.parse(patient), contextOf(host.client));
}, fetchMs);
afterAll(() => host?.close());

async function soundOf(stream: AsyncIterable<unknown>): Promise<tts.SynthesizedAudio[]> {
  const sound: tts.SynthesizedAudio[] = [];
  for await (const item of stream) if (typeof item !== 'symbol') sound.push(item as tts.SynthesizedAudio);
  return sound;
}

async function speak(...texts: string[]): Promise<tts.SynthesizedAudio[]> {
  const stream = voice.stream();
  for (const text of texts) stream.pushText(text);
  stream.endInput();
  return soundOf(stream);
}

const pcmOf = (sound: tts.SynthesizedAudio[]) => joined(sound.map(({ frame }) => frame.data));

describe('the embedded Piper voice', { timeout: 90_000 }, () => {
  it('speaks what is written, in short frames at the rate of a call', async () => {
    const text = 'Of course. I can book you in with the doctor on Thursday, and I will send you a message before then.';
    const sound = await speak(...text.split(/(?<= )/));
    for (const { frame } of sound) {
      expect(frame.sampleRate).toBe(16_000);
      expect(frame.samplesPerChannel).toBeLessThanOrEqual(640);
      expect(frame.data.buffer.byteLength).toBe(frame.data.byteLength);
    }
    const { text: heard } = await host.client.transcribe(pcmOf(sound));
    expect(wordErrorRate(text, heard)).toBeLessThan(0.25);
  });

  it('starts to speak before the text is written to its end', async () => {
    const stream = voice.stream();
    stream.pushText('Sure. And');
    const { value } = await stream.next();
    expect(typeof value).not.toBe('symbol');
    stream.pushText(' that is all.');
    stream.endInput();
    expect((await soundOf(stream)).length).toBeGreaterThan(5);
  });

  it('is silent about a text without words', async () => {
    expect(await speak(' ... ', '— ')).toEqual([]);
    expect(await speak()).toEqual([]);
  });

  it('is quiet at once when it is interrupted, and the engine is free soon after', async () => {
    const stream = voice.stream();
    stream.pushText('One sentence comes first. Then comes another one. And a third. And the last one.');
    stream.endInput();
    await stream.next();
    stream.close();
    expect((await soundOf(stream)).length).toBeLessThanOrEqual(1);
    await host.client.synthesize('Next.', { onAudio: () => undefined });
  });

  it('speaks faster when told to', async () => {
    const text = 'The clinic is open from nine in the morning.';
    const faster = piperEmbeddedTts.create(
      piperEmbeddedTts.options.parse({ ...patient, speed: 1.6 }),
      contextOf(host.client),
    );
    const quick = await soundOf(faster.synthesize(text));
    const normal = await soundOf(voice.synthesize(text));
    expect(pcmOf(quick).length).toBeLessThan(0.85 * pcmOf(normal).length);
  });

  it('reports an engine that is gone as an error of the stream, not as an exception', async () => {
    const lost = await startRealEngine({ models: {} });
    const mute = piperEmbeddedTts.create(piperEmbeddedTts.options.parse(patient), contextOf(lost.client));
    const errors: unknown[] = [];
    mute.on('error', ({ error }) => errors.push(error));
    const stream = mute.stream();
    stream.pushText('Hello there.');
    stream.endInput();
    expect(await soundOf(stream)).toEqual([]);
    expect(errors).toEqual([expect.objectContaining({ code: 'not_configured', provider: 'piper-embedded-tts' })]);
    await lost.close();
  });

  it('is checked with a real request', async () => {
    const options = piperEmbeddedTts.options.parse(patient);
    expect(await piperEmbeddedTts.check(options, { engine: host.client, timeoutMs: 20_000 })).toMatchObject({
      ok: true,
    });
    expect(await piperEmbeddedTts.check(options, { timeoutMs: 1000 })).toMatchObject({ ok: false });
  });
});
