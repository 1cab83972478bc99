import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { initializeLogger } from '@livekit/agents';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEndOfTurnModel } from '../../../pipelines/engine/end-of-turn-model.ts';
import { connectEngine } from '../../../pipelines/engine/engine-client.ts';
import { encodeFrame } from '../../../pipelines/engine/frames.ts';
import { startEngine } from '../../../pipelines/engine/start-engine.ts';
import { fetchMs, realModels, startRealEngine } from './real-engine.ts';
import { joined, wordErrorRate } from './words.ts';

const sentences = [
  'Thank you for calling the dental clinic, how can I help you today?',
  'I would like to book an appointment for Thursday afternoon.',
  'The clinic is open from nine in the morning until five in the evening.',
  'Please leave your name and your telephone number after the tone.',
  'We are closed on Sundays, but you can always send us a message.',
];

let host: Awaited<ReturnType<typeof startRealEngine>>;
beforeAll(async () => {
  initializeLogger({ pretty: false, level: 'silent' });
  host = await startRealEngine();
}, fetchMs);
afterAll(() => host?.close());

async function speak(text: string): Promise<Int16Array> {
  const pieces: Int16Array[] = [];
  await host.client.synthesize(text, { onAudio: (pcm) => pieces.push(pcm) });
  return joined(pieces);
}

describe('the engine', { timeout: 90_000 }, () => {
  it('understands what it says itself', async () => {
    const heard: string[] = [];
    for (const sentence of sentences) heard.push((await host.client.transcribe(await speak(sentence))).text);
    expect(wordErrorRate(sentences.join(' '), heard.join(' '))).toBeLessThan(0.12);
  });

  it('keeps apart what several clients ask at the same time', async () => {
    const clients = sentences.map(() => connectEngine(host.engine.socketPath));
    const spoken = await Promise.all(sentences.map(speak));
    const heard = await Promise.all(clients.map((client, index) => client.transcribe(spoken[index] as Int16Array)));
    for (const [index, { text }] of heard.entries())
      expect(wordErrorRate(sentences[index] as string, text), text).toBeLessThan(0.35);
    for (const client of clients) client.close();
  });

  it('transcribes speech longer than the model takes at once', async () => {
    const long = await speak(sentences.join(' '));
    expect(long.length / 16_000).toBeGreaterThan(12);
    expect(wordErrorRate(sentences.join(' '), (await host.client.transcribe(long)).text)).toBeLessThan(0.2);
  });

  it('hears nothing in silence and in clips too short for a word', async () => {
    expect((await host.client.transcribe(new Int16Array(32_000))).text).toBe('');
    expect((await host.client.transcribe(new Int16Array(100))).text).toBe('');
    expect((await host.client.transcribe(new Int16Array(0))).text).toBe('');
  });

  it('speaks sentence by sentence, at the rate of a call', async () => {
    const pieces: Int16Array[] = [];
    const result = await host.client.synthesize('Sure. I can do that for you.', { onAudio: (pcm) => pieces.push(pcm) });
    expect(result.sampleRateHz).toBe(16_000);
    expect(pieces.filter((pcm) => pcm.length > 1600).length).toBeGreaterThanOrEqual(2);
    expect(joined(pieces).length / 16_000).toBeGreaterThan(1);
    expect(Math.max(...joined(pieces))).toBeGreaterThan(2000);
  });

  it.each(['', '...', ' — ', '"?!"'])('makes no sound of %j', async (text) => {
    expect(await speak(text)).toHaveLength(0);
  });

  it('stops between sentences when the client aborts', async () => {
    const abort = new AbortController();
    let pieces = 0;
    const speaking = host.client.synthesize(sentences.join(' '), {
      signal: abort.signal,
      onAudio: () => {
        pieces++;
        abort.abort(new Error('barge-in'));
      },
    });
    await expect(speaking).rejects.toThrow('barge-in');
    expect(pieces).toBe(1);
    await becomesIdle(20_000);
  });

  it('ends the work of a client that goes away', async () => {
    const socket = connect(host.engine.socketPath);
    const text = sentences.join(' ');
    for (let id = 0; id < 6; id++) socket.write(encodeFrame({ op: 'synthesize', id, text }));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    // Six times 1.5 s of work waits; only the sentences that have begun are finished.
    await becomesIdle(20_000);
  });

  it('answers an interim transcript only when it has nothing else to do', async () => {
    const speaking = host.client.synthesize(sentences.join(' '), { onAudio: () => undefined });
    await expect(host.client.transcribe(new Int16Array(16_000), { onlyWhenIdle: true })).rejects.toMatchObject({
      code: 'server_full',
    });
    await speaking;
  });

  it('lets a transcript go before sentences that nobody waits for yet', async () => {
    const order: string[] = [];
    const later = Array.from({ length: 6 }, () =>
      host.client
        .synthesize(sentences[2] as string, { first: false, onAudio: () => undefined })
        .then(() => order.push('sentence')),
    );
    const urgent = host.client.transcribe(new Int16Array(16_000)).then(() => order.push('transcript'));
    await Promise.all([...later, urgent]);
    expect(order.indexOf('transcript')).toBeLessThan(4);
  });

  it('lets nobody but its user connect', () => {
    expect(statSync(host.engine.socketPath).mode & 0o777).toBe(0o600);
  });

  it('drops a client that sends nonsense, and serves the others', async () => {
    const socket = connect(host.engine.socketPath);
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.write('not a frame of the engine at all');
    await closed;
    expect((await host.client.transcribe(new Int16Array(1600))).text).toBe('');
  });

  it('refuses a request that makes no sense, and goes on with the others of that client', async () => {
    const nobody = { messages: [], maxTokens: 1, temperature: 0, conversation: '', onText: () => undefined };
    const [refused, text] = await Promise.allSettled([
      host.client.generate(nobody),
      host.client.transcribe(new Int16Array(1600)),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'provider_failed' } });
    expect(text).toMatchObject({ status: 'fulfilled' });
  });

  it('tells a finished turn from an unfinished one', async () => {
    const model = createEndOfTurnModel(host.client, () => undefined);
    const probability = async (text: string) => model(joined([await speak(text), new Int16Array(3200)]).slice(-19_200));
    expect(await probability('Thank you, goodbye.')).toBeGreaterThan(0.5);
    expect(await probability('I would like to')).toBeLessThan(0.3);
  });

  async function becomesIdle(withinMs: number): Promise<void> {
    const silence = new Int16Array(1600);
    await vi.waitFor(() => host.client.transcribe(silence, { onlyWhenIdle: true }), {
      timeout: withinMs,
      interval: 20,
    });
  }
});

describe('an engine that is full', { timeout: 90_000 }, () => {
  it('refuses at once', async () => {
    const full = await startRealEngine({ maxQueued: 1 });
    try {
      const asked = Array.from({ length: 12 }, () =>
        full.client.synthesize('One moment please.', { onAudio: () => undefined }),
      );
      const results = await Promise.allSettled(asked);
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.length).toBeLessThan(12);
      for (const { reason } of refused) expect(reason).toMatchObject({ code: 'server_full', retryable: true });
    } finally {
      await full.close();
    }
  });
});

describe('an engine that crashes', { timeout: 90_000 }, () => {
  it('rejects what was open as retryable, starts again and goes on', async () => {
    const crashing = await startRealEngine();
    try {
      const { pid } = crashing.engine;
      const open = crashing.client.synthesize(sentences.join(' '), { onAudio: () => undefined });
      const caught = open.catch((error: unknown) => error);
      await delay(50);
      process.kill(pid as number, 'SIGKILL');
      expect(await caught).toMatchObject({ code: 'unreachable', retryable: true });
      await vi.waitFor(() => expect(crashing.engine.features.stt).toBe(false), { interval: 5 });
      await vi.waitFor(async () => expect((await crashing.client.transcribe(new Int16Array(1600))).text).toBe(''), {
        timeout: 60_000,
      });
      expect(crashing.engine.pid).not.toBe(pid);
      expect(crashing.engine.features.stt).toBe(true);
      expect(crashing.logged).toHaveLength(1);
    } finally {
      await crashing.close();
    }
  });
});

describe('starting an engine', { timeout: 90_000 }, () => {
  it('says which file is missing, and gives up', async () => {
    const { tts } = await realModels();
    const engine = startEngine({
      models: { tts: tts && { ...tts, modelPath: '/nowhere/joe.onnx' } },
      log: () => undefined,
    });
    await expect(engine.ready).rejects.toThrow(/did not start: The model file \/nowhere\/joe\.onnx cannot be read/);
    await engine.close();
    expect(engine.pid).toBeUndefined();
  });

  it('says what it cannot do without models, and still tells ends of turns', async () => {
    const bare = await startRealEngine({ models: {} });
    const { client } = bare;
    try {
      expect(await client.features()).toEqual({ endOfTurn: true, stt: false, tts: false, llm: false });
      await expect(client.transcribe(new Int16Array(1600))).rejects.toMatchObject({
        code: 'not_configured',
        retryable: false,
      });
      expect(await client.endOfTurn(new Int16Array(19_200))).toBeGreaterThanOrEqual(0);
    } finally {
      await bare.close();
    }
  });

  it('refuses a path that is too long for a socket', () => {
    const socketPath = `/tmp/${'x'.repeat(100)}.sock`;
    expect(() => startEngine({ socketPath, log: () => undefined })).toThrow(/too long/);
  });

  it('ends its process and removes its socket when it is closed, also while it loads', async () => {
    const engine = startEngine({ models: await realModels(), log: () => undefined });
    const { pid } = engine;
    expect(pid).toBeDefined();
    await Promise.all([engine.close(), engine.close()]);
    await expect(engine.ready).rejects.toThrow(/closed/);
    expect(() => process.kill(pid as number, 0)).toThrow();
    expect(existsSync(engine.socketPath)).toBe(false);
  });
});
