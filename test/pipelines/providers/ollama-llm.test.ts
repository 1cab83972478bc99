import { llm } from '@livekit/agents';
import { afterEach, expect, test } from 'vitest';
import { ollamaLlm } from '../../../pipelines/providers/ollama-llm.ts';
import { type OllamaBehaviour, startOllamaDouble } from '../../fakes/ollama-double.ts';
import { chatForTest, contextForTest } from '../call-for-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function start(behaviour: Partial<OllamaBehaviour> = {}, options: Record<string, unknown> = {}) {
  const double = await startOllamaDouble(behaviour);
  const context = contextForTest();
  const model = ollamaLlm.create(
    ollamaLlm.options.parse({ url: double.url, model: 'llama3.1:8b', ...options }),
    context,
  );
  model.on('error', () => undefined);
  closings.push(double.close, () => model.aclose());
  return { double, model, context };
}

test('the model is loaded as soon as the call begins, with the context length it will be asked with', async () => {
  const { double, model } = await start({}, { numCtx: 4_096, keepAlive: -1 });
  await expect.poll(() => double.loads.length).toBe(1);
  expect(double.loads[0]).toMatchObject({ keep_alive: -1, options: { num_ctx: 4_096 }, messages: [] });
  await model.chat({ chatCtx: chatForTest() }).collect();
  expect(double.requests[0]).toMatchObject({ keep_alive: -1, options: { num_ctx: 4_096 }, think: false });
});

test('a model that cannot be loaded is told before the caller asks anything', async () => {
  const { context } = await start({}, { model: 'nobody' });
  await expect
    .poll(() => context.logs)
    .toEqual(['warn ollama-llm: the model nobody is not there. Run `ollama pull nobody`, or correct OLLAMA_MODEL.']);
});

test('a prompt that was cached whole counts as none', async () => {
  const { model } = await start({ cachedPrompt: true });
  const { usage } = await model.chat({ chatCtx: chatForTest() }).collect();
  expect(usage).toMatchObject({ promptTokens: 0, completionTokens: 7, totalTokens: 7 });
});

test('tool calls go back with their arguments as an object, and results with the name of the tool', async () => {
  const { double, model } = await start();
  const chatCtx = chatForTest();
  chatCtx.insert([
    new llm.FunctionCall({ callId: 'call_1', name: 'look_up', args: '{"name":"Ada"}' }),
    new llm.FunctionCallOutput({ callId: 'call_1', name: 'look_up', output: 'found', isError: false }),
  ]);
  await model.chat({ chatCtx }).collect();
  expect(double.requests[0]?.messages.slice(-2)).toMatchObject([
    { role: 'assistant', tool_calls: [{ function: { name: 'look_up', arguments: { name: 'Ada' } } }] },
    { role: 'tool', tool_name: 'look_up', content: 'found' },
  ]);
});
