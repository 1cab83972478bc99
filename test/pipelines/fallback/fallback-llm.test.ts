import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FallbackModel } from '../../../pipelines/fallback/fallback-llm.ts';
import { createProviderHealth } from '../../../pipelines/fallback/provider-health.ts';
import { openrouterLlm } from '../../../pipelines/providers/openrouter-llm.ts';
import { type OpenRouterDouble, startOpenRouterDouble } from '../../fakes/openrouter-double.ts';
import { chatForTest, type ContextForTest, contextForTest, standbysForTest } from '../call-for-test.ts';

describe('the language models of a call as one', () => {
  let first: OpenRouterDouble;
  let second: OpenRouterDouble;
  let context: ContextForTest;
  let model: FallbackModel;
  /** The first is given up soon; the second never, however busy the machine is. */
  const create = (url: string) => {
    const timeoutMs = url === first.url ? 1_500 : 20_000;
    const deadlines = { firstTokenTimeoutMs: timeoutMs, betweenTokensTimeoutMs: timeoutMs };
    return openrouterLlm.create(openrouterLlm.options.parse({ apiKey: 'key', url, ...deadlines }), context);
  };

  beforeEach(async () => {
    first = await startOpenRouterDouble({ reply: 'One two three four.', cost: 0.001 });
    second = await startOpenRouterDouble({ reply: 'three four.', cost: 0.002 });
    context = contextForTest();
    model = new FallbackModel(
      standbysForTest('llm', { 'openrouter-llm': create(first.url), 'ollama-llm': create(second.url) }, { context }),
    );
    model.on('error', () => undefined);
  });
  afterEach(async () => {
    await model.aclose();
    await Promise.all([first.close(), second.close()]);
  });
  const answer = async () => (await model.chat({ chatCtx: chatForTest() }).collect()).text;

  test('the first serves while it works', async () => {
    expect(await answer()).toBe('One two three four.');
    expect(second.requests).toHaveLength(0);
    expect(context.failures).toEqual([]);
  });

  test.each([
    ['refuses', { refuse: { status: 503 } }, 'provider_failed'],
    ['never says a word', { stallAfterWords: 0 }, 'timeout'],
    ['wants a key', { refuse: { status: 401 } }, 'bad_key'],
    ['has no credit', { refuse: { status: 402 } }, 'no_credit'],
    ['breaks the connection', { breakAfterWords: 0 }, 'unreachable'],
  ])('the second answers when the first %s', async (_what, behaviour, code) => {
    Object.assign(first.behaviour, behaviour);
    expect(await answer()).toBe('three four.');
    expect(context.failures).toMatchObject([{ provider: 'openrouter-llm', next: 'ollama-llm', midStream: false }]);
    expect(context.failures[0]?.error.code).toBe(code);
  });

  test.each([
    ['stalls', { stallAfterWords: 2 }],
    ['breaks', { breakAfterWords: 2 }],
    ['reports an error', { midStreamErrorAfterWords: 2 }],
  ])('the second goes on where the first %s in the middle of a sentence', async (_what, behaviour) => {
    Object.assign(first.behaviour, behaviour);
    expect(await answer()).toBe('One two three four.');
    expect(second.requests[0]?.messages.at(-2)).toMatchObject({ role: 'assistant', content: 'One two ' });
    expect(context.failures).toMatchObject([{ midStream: true }]);
  });

  test('usage is counted once for each request that was made', async () => {
    first.behaviour.midStreamErrorAfterWords = 2;
    await answer();
    await model.aclose();
    expect(context.usages.map(({ usd, cancelled }) => ({ usd, cancelled }))).toEqual([
      { usd: 0.002, cancelled: undefined },
      { usd: 0.001, cancelled: true },
    ]);
  });

  test('a second call does not wait for a model that just failed, and comes back to it when it serves again', async () => {
    const health = createProviderHealth({ pauseMs: 1_500 });
    const stage = () =>
      new FallbackModel(
        standbysForTest(
          'llm',
          { 'openrouter-llm': create(first.url), 'ollama-llm': create(second.url) },
          { context, health },
        ),
      );
    const ask = async () => (await stage().chat({ chatCtx: chatForTest() }).collect()).text;
    first.behaviour.refuse = { status: 503 };
    expect(await ask()).toBe('three four.');
    expect(await ask()).toBe('three four.');
    expect(first.requests).toHaveLength(1);
    delete first.behaviour.refuse;
    await expect.poll(() => health.isUsable('openrouter-llm'), { timeout: 20_000 }).toBe(true);
    expect(first.requests).toHaveLength(1);
    expect(await ask()).toBe('One two three four.');
    health.close();
  });

  test('a request that one call should not have made keeps no other call away, and is not made again', async () => {
    const health = createProviderHealth({ pauseMs: 60_000 });
    const stage = () => {
      const instances = { 'openrouter-llm': create(first.url), 'ollama-llm': create(second.url) };
      return new FallbackModel(standbysForTest('llm', instances, { context, health }));
    };
    first.behaviour.refuse = { status: 400, body: { error: { code: 400, message: 'context length exceeded' } } };
    const call = stage();
    for (let turn = 0; turn < 2; turn += 1)
      expect((await call.chat({ chatCtx: chatForTest() }).collect()).text).toBe('three four.');
    expect(first.requests).toHaveLength(1);
    delete first.behaviour.refuse;
    expect((await stage().chat({ chatCtx: chatForTest() }).collect()).text).toBe('One two three four.');
    health.close();
  });

  test('an answer that is thrown away fails over to nobody', async () => {
    first.behaviour.betweenTokensMs = 50;
    const stream = model.chat({ chatCtx: chatForTest() });
    for await (const chunk of stream) if (chunk.delta?.content) stream.close();
    await expect.poll(() => first.state.open).toBe(0);
    expect(second.requests).toHaveLength(0);
    expect(context.failures).toEqual([]);
  });

  test('when nobody can answer, the stream ends with the last failure', async () => {
    const errors: string[] = [];
    model.on('error', ({ error }) => errors.push(error.message));
    first.behaviour.refuse = { status: 503 };
    second.behaviour.refuse = { status: 429, headers: { 'Retry-After': '7' } };
    expect(await answer()).toBe('');
    expect(errors).toEqual([
      'openrouter-llm: too many requests; it asks to wait 7 s. Raise the limit of OPENROUTER_API_KEY, or take fewer calls at once (PARLEY_MAX_CALLS).',
    ]);
    expect(context.failures.at(-1)?.error.retryAfterSeconds).toBe(7);
  });
});
