import { afterEach, expect, test } from 'vitest';
import { openrouterLlm } from '../../../pipelines/providers/openrouter-llm.ts';
import { type OpenRouterBehaviour, startOpenRouterDouble } from '../../fakes/openrouter-double.ts';
import { chatForTest, contextForTest } from '../call-for-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function start(behaviour: Partial<OpenRouterBehaviour> = {}, options: Record<string, unknown> = {}) {
  const double = await startOpenRouterDouble(behaviour);
  const context = contextForTest();
  const model = openrouterLlm.create(
    openrouterLlm.options.parse({ apiKey: 'key', url: double.url, ...options }),
    context,
  );
  const errors: string[] = [];
  model.on('error', ({ error }) => errors.push(error.message));
  closings.push(double.close);
  return { double, model, context, errors };
}

test.each([false, true])('the exact cost is reported, with a choice beside the usage: %s', async (usageWithChoice) => {
  const { model, context } = await start({ cost: 0.000_123, usageWithChoice, servedModel: 'other/model' });
  await model.chat({ chatCtx: chatForTest() }).collect();
  expect(context.usages).toMatchObject([{ usd: 0.000_123, model: 'other/model', tokens: { cachedPrompt: 2 } }]);
  expect(context.usages[0]).not.toHaveProperty('cancelled');
});

test('with a key of its own at the upstream provider, what that one takes is added to the fee', async () => {
  const upstream = { is_byok: true, cost_details: { upstream_inference_cost: 0.002 } };
  const { model, context } = await start({ cost: 0.0001, moreUsage: upstream });
  await model.chat({ chatCtx: chatForTest() }).collect();
  expect(context.usages[0]?.usd).toBeCloseTo(0.0021, 10);
});

test('routing, fallback models and the longest answer are asked for', async () => {
  const routing = { sort: 'latency', data_collection: 'deny' };
  const { double, model } = await start({}, { model: 'a/b', fallbackModels: ['c/d'], routing, maxTokens: 90 });
  await model.chat({ chatCtx: chatForTest() }).collect();
  expect(double.requests[0]).toMatchObject({ model: 'a/b', models: ['a/b', 'c/d'], provider: routing, max_tokens: 90 });
});

test('an answer that was thrown away is looked up until its bill is there, and closing waits for it', async () => {
  const { model, context } = await start({ betweenTokensMs: 40, cost: 0.0007, lookupMisses: 1 });
  const stream = model.chat({ chatCtx: chatForTest() });
  for await (const chunk of stream) if (chunk.delta?.content) stream.close();
  expect(context.usages).toEqual([]);
  await model.aclose();
  expect(context.usages).toMatchObject([{ usd: 0.0007, cancelled: true, requestId: 'gen-1' }]);
});

test('a bill that cannot be had is told, not guessed', async () => {
  const { model, context } = await start({ betweenTokensMs: 40, lookupMisses: 99 });
  const stream = model.chat({ chatCtx: chatForTest() });
  for await (const chunk of stream) if (chunk.delta?.content) stream.close();
  await model.aclose();
  expect(context.usages).toEqual([]);
  expect(context.logs).toEqual(['warn The cost of a cancelled answer could not be looked up.']);
});

test('an answer that ends in good order without a finish reason is complete', async () => {
  const { model, errors } = await start({ truncate: true });
  expect((await model.chat({ chatCtx: chatForTest() }).collect()).text).toBe('Hello, how can I help you today?');
  expect(errors).toEqual([]);
  await model.aclose();
});

test('the connection is warmed up while the caller speaks, at most every three seconds', async () => {
  const { double, model } = await start();
  for (let word = 0; word < 5; word += 1) model.warm();
  await expect.poll(() => double.state.warmed).toBe(1);
  await model.aclose();
});
