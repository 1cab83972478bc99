import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectEngine } from '../../../pipelines/engine/engine-client.ts';
import { ProviderError } from '../../../pipelines/errors.ts';
import { answerAtOnce, freshSocketPath, startEngineDouble } from './engine-double.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function connected(answer: Parameters<typeof startEngineDouble>[0]) {
  const engine = await startEngineDouble(answer);
  const client = connectEngine(engine.socketPath);
  endings.push(
    () => engine.close(),
    () => client.close(),
  );
  return { engine, client };
}

const pcm = new Int16Array(1600);

describe('an engine client', () => {
  it('gets texts, probabilities, sound and generated words', async () => {
    const { client } = await connected(answerAtOnce);
    expect(await client.features()).toEqual({ endOfTurn: true, stt: true, tts: true, llm: true });
    expect(await client.transcribe(pcm)).toEqual({ text: 'hello there', decodeMs: 1 });
    expect(await client.endOfTurn(pcm)).toBe(0.25);
    const sound: Int16Array[] = [];
    const result = await client.synthesize('Hi.', { onAudio: (piece) => sound.push(piece) });
    expect(result).toEqual({ sampleRateHz: 16_000, firstAudioMs: 1 });
    expect(sound.map(({ length }) => length)).toEqual([960]);
    const words: string[] = [];
    const usage = await client.generate({
      messages: [{ role: 'user', content: 'Hello' }],
      maxTokens: 9,
      temperature: 0,
      conversation: 'a',
      onText: (text) => words.push(text),
    });
    expect([words.join(''), usage]).toEqual(['Good day.', { promptTokens: 7, completionTokens: 2 }]);
  });

  it('sends the samples as they are', async () => {
    const payloads: Buffer[] = [];
    const { client } = await connected((request, reply, payload) => {
      payloads.push(payload);
      answerAtOnce(request, reply);
    });
    await client.transcribe(Int16Array.from([1, -2, 3]));
    expect(payloads).toEqual([Buffer.from([1, 0, 254, 255, 3, 0])]);
  });

  it('tells the engine when a request is aborted, rejects with the reason, and hears nothing more of it', async () => {
    const { engine, client } = await connected((request, reply) => {
      if (request.op === 'synthesize')
        reply({ event: 'audio', id: request.id, sampleRateHz: 16_000 }, new Uint8Array(2));
      if (request.op === 'cancel') {
        reply({ event: 'audio', id: request.id, sampleRateHz: 16_000 }, new Uint8Array(2));
        reply({ event: 'done', id: request.id, result: {} });
      }
    });
    const abort = new AbortController();
    let heard = 0;
    const speaking = client.synthesize('A long text.', {
      signal: abort.signal,
      onAudio: () => {
        heard++;
        abort.abort(new Error('barge-in'));
      },
    });
    await expect(speaking).rejects.toThrow('barge-in');
    await vi.waitFor(() => expect(engine.requests.map(({ op }) => op)).toEqual(['synthesize', 'cancel']));
    await client.features();
    expect(heard).toBe(1);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  it('rejects what is open as retryable when the engine is lost, and connects again by itself', async () => {
    let broken = true;
    const { engine, client } = await connected((request, reply) => {
      if (broken) engine.breakConnections();
      else answerAtOnce(request, reply);
    });
    const lost = await client.transcribe(pcm).catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(ProviderError);
    expect(lost).toMatchObject({ code: 'unreachable', provider: 'moonshine-stt', retryable: true });
    broken = false;
    expect((await client.transcribe(pcm)).text).toBe('hello there');
  });

  it('waits for an engine that starts later', async () => {
    const socketPath = freshSocketPath();
    const client = connectEngine(socketPath);
    endings.push(() => client.close());
    const asked = client.endOfTurn(pcm);
    const engine = await startEngineDouble(answerAtOnce, socketPath);
    endings.push(() => engine.close());
    expect(await asked).toBe(0.25);
  });

  it('passes on why the engine refused', async () => {
    const { client } = await connected((request, reply) =>
      reply({ event: 'error', id: request.id, code: 'server_full', message: '32 requests wait already' }),
    );
    await expect(client.synthesize('Hi.', { onAudio: () => undefined })).rejects.toMatchObject({
      code: 'server_full',
      provider: 'piper-embedded-tts',
      retryable: true,
    });
  });

  it('drops a connection that sends nonsense, without falling over', async () => {
    let first = true;
    const { client } = await connected((request, reply) => {
      if (first) reply({ event: 'unheard of' } as never);
      else answerAtOnce(request, reply);
      first = false;
    });
    await expect(client.transcribe(pcm)).rejects.toMatchObject({ code: 'unreachable' });
    expect((await client.transcribe(pcm)).text).toBe('hello there');
  });

  it('ends a request whose listener throws, and no other', async () => {
    const { client } = await connected(answerAtOnce);
    const failing = client.synthesize('Hi.', {
      onAudio: () => {
        throw new Error('my mistake');
      },
    });
    const [failed, other] = await Promise.allSettled([failing, client.transcribe(pcm)]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'my mistake' } });
    expect(other).toMatchObject({ status: 'fulfilled' });
  });

  it('rejects everything once it is closed', async () => {
    const { engine, client } = await connected(() => undefined);
    const open = client.transcribe(pcm);
    await vi.waitFor(() => expect(engine.requests).toHaveLength(1));
    client.close();
    client.close();
    await expect(open).rejects.toMatchObject({ code: 'unreachable' });
    await expect(client.transcribe(pcm)).rejects.toMatchObject({ code: 'unreachable' });
    await vi.waitFor(() => expect(engine.clients).toBe(0));
  });

  it('leaves no listener on a signal that many requests share', async () => {
    const { client } = await connected(answerAtOnce);
    const { signal } = new AbortController();
    for (let count = 0; count < 1000; count++) await client.transcribe(pcm, { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
