import { initializeLogger, llm } from '@livekit/agents';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectEngine } from '../../../pipelines/engine/engine-client.ts';
import type { EngineRequest } from '../../../pipelines/engine/messages.ts';
import { embeddedLlm } from '../../../pipelines/providers/embedded-llm.ts';
import { answerAtOnce, startEngineDouble } from '../engine/engine-double.ts';
import { contextOf } from '../engine/provider-context.ts';

beforeAll(() => initializeLogger({ pretty: false, level: 'silent' }));
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function modelOn(answer: Parameters<typeof startEngineDouble>[0]) {
  const engine = await startEngineDouble(answer);
  const client = connectEngine(engine.socketPath);
  endings.push(
    () => engine.close(),
    () => client.close(),
  );
  return { engine, client, model: embeddedLlm.create(embeddedLlm.options.parse({ model: 'tiny' }), contextOf(client)) };
}

function conversation(): llm.ChatContext {
  const chat = new llm.ChatContext();
  chat.addMessage({ role: 'system', content: 'You are a receptionist.' });
  chat.addMessage({ role: 'user', content: 'Hello' });
  chat.addMessage({ role: 'assistant', content: 'Hello, how can I help?' });
  chat.items.push(
    llm.FunctionCall.create({ callId: '1', name: 'find-hours', args: '{}' }),
    llm.FunctionCallOutput.create({ callId: '1', name: 'find-hours', output: 'nine to five', isError: false }),
  );
  chat.addMessage({ role: 'user', content: 'When do you open?' });
  return chat;
}

describe('the embedded language model', () => {
  it('answers in pieces, then tells the tokens', async () => {
    const { model } = await modelOn(answerAtOnce);
    const chunks: llm.ChatChunk[] = [];
    for await (const chunk of model.chat({ chatCtx: conversation() })) chunks.push(chunk);
    expect(chunks.map(({ delta }) => delta?.content ?? '').join('')).toBe('Good day.');
    expect(chunks.at(-1)?.usage).toMatchObject({ promptTokens: 7, completionTokens: 2, totalTokens: 9 });
  });

  it('is told the conversation in order, results of tools included', async () => {
    const { engine, model } = await modelOn(answerAtOnce);
    for (let turn = 0; turn < 2; turn++) for await (const _ of model.chat({ chatCtx: conversation() }));
    const [first, second] = engine.requests as Extract<EngineRequest, { op: 'generate' }>[];
    expect(first?.messages).toEqual([
      { role: 'system', content: 'You are a receptionist.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hello, how can I help?' },
      { role: 'system', content: 'Result of find-hours: nine to five' },
      { role: 'user', content: 'When do you open?' },
    ]);
    expect(second?.conversation).toBe(first?.conversation);
  });

  it('stops the engine when the answer is not wanted any more', async () => {
    const { engine, model } = await modelOn((request, reply) => {
      if (request.op === 'generate') reply({ event: 'text', id: request.id, text: 'Well' });
    });
    const stream = model.chat({ chatCtx: conversation() });
    await stream.next();
    stream.close();
    await vi.waitFor(() => expect(engine.requests.map(({ op }) => op)).toEqual(['generate', 'cancel']));
  });

  it('passes on that the engine has no model', async () => {
    const { client } = await modelOn((request, reply) =>
      reply({
        event: 'error',
        id: request.id,
        code: 'not_configured',
        message: 'the engine runs without a language model',
      }),
    );
    const options = embeddedLlm.options.parse({ model: 'tiny' });
    const result = await embeddedLlm.check(options, { engine: client, timeoutMs: 1000 });
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('without a language model') });
  });

  it('is checked within its time even when the engine never answers', async () => {
    const { client } = await modelOn(() => undefined);
    const options = embeddedLlm.options.parse({ model: 'tiny' });
    const result = await embeddedLlm.check(options, { engine: client, timeoutMs: 100 });
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('100 ms') });
  });

  it('cannot be created without an engine', () => {
    const options = embeddedLlm.options.parse({ model: 'tiny' });
    expect(() => embeddedLlm.create(options, contextOf())).toThrow(/PARLEY_EMBEDDED=1/);
  });
});
