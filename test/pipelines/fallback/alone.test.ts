import { afterEach, describe, expect, test } from 'vitest';
import { looksLikeThinker } from '../../../pipelines/answer/thought-opening.ts';
import type { ProviderError } from '../../../pipelines/errors.ts';
import { FallbackModel } from '../../../pipelines/fallback/fallback-llm.ts';
import { openaiCompatibleLlm } from '../../../pipelines/providers/openai-compatible-llm.ts';
import { startOpenRouterDouble } from '../../fakes/openrouter-double.ts';
import { toolsForTest } from '../answer/tools-for-test.ts';
import { chatForTest, contextForTest, standbysForTest } from '../call-for-test.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** What is learned of a model is remembered under its name. */
async function alone(behaviour: Parameters<typeof startOpenRouterDouble>[0], name = 'm') {
  const double = await startOpenRouterDouble(behaviour);
  const context = contextForTest();
  const options = openaiCompatibleLlm.options.parse({ url: double.url, model: name });
  const instances = { 'openai-compatible-llm': openaiCompatibleLlm.create(options) };
  const model = new FallbackModel(standbysForTest('llm', instances, { context }));
  const errors: string[] = [];
  model.on('error', ({ error }) => errors.push((error as ProviderError).code));
  closing.push(() => model.aclose(), double.close);
  const ask = async () => (await model.chat({ chatCtx: chatForTest() }).collect()).text;
  return { double, context, model, errors, ask };
}

describe('a language model without a stand-in', () => {
  test.each([
    [401, 'No auth credentials found', 'bad_key'],
    [402, 'Insufficient credits', 'no_credit'],
    [404, 'Not found', 'model_not_found'],
    [400, 'context_length_exceeded: this is too long', 'protocol'],
    [400, 'Something else is wrong', 'protocol'],
  ])(
    'that refuses for good (%i %s) is not asked again, and nobody is said to take over',
    async (status, text, code) => {
      const { double, context, errors, ask } = await alone({
        refuse: { status, body: { error: { code: status, message: text } } },
      });
      expect(await ask()).toBe('');
      expect(errors).toEqual([code]);
      expect(double.requests).toHaveLength(1);
      expect(context.failures).toEqual([
        expect.not.objectContaining({ next: expect.anything(), again: expect.anything() }),
      ]);
    },
  );

  test('whose trouble may pass is asked once more, and that is no successor', async () => {
    const { double, context, errors, ask } = await alone({ refuse: { status: 503 } });
    expect(await ask()).toBe('');
    expect(double.requests).toHaveLength(2);
    expect(errors).toEqual(['provider_failed']);
    expect(context.failures.map(({ next, again }) => ({ next, again }))).toEqual([
      { next: undefined, again: true },
      { next: undefined, again: undefined },
    ]);
  });

  test.each(['', '👍', '...', '<think>Hm.</think>', '\n\n'])('that says %j is asked once more', async (nothing) => {
    let asked = 0;
    const { context, errors, ask } = await alone({ reply: () => ((asked += 1) === 1 ? nothing : 'We are open.') });
    expect(await ask()).toBe('We are open.');
    expect(errors).toEqual([]);
    expect(context.failures).toMatchObject([{ again: true, error: { code: 'empty_answer' } }]);
    expect(await ask()).toBe('We are open.');
  });

  test('that says nothing twice has failed', async () => {
    const { context, errors, ask } = await alone({ reply: '...' });
    expect(await ask()).toBe('');
    expect(errors).toEqual(['empty_answer']);
    expect(context.failures).toHaveLength(2);
  });

  test.each([
    'Okay, the user is asking when we are open. I should answer in one sentence.',
    'Alright. So the caller wants the hours.',
    'Hmm, they want hours.',
    'We need to respond in one sentence.',
    'The user: "When are you open?"',
  ])('that thinks aloud before a lone closing tag is not heard thinking: %s', async (thought) => {
    const { ask } = await alone({ reply: `${thought}\n</think>\n\nWe are open.` }, thought);
    expect(await ask()).toBe('We are open.');
    expect(await ask()).toBe('We are open.');
  });

  test('that thinks aloud in a way that nobody could tell is held back from its second answer on', async () => {
    const { ask } = await alone({ reply: 'Opening hours it is.</think>We are open.' }, 'thinks');
    await ask();
    expect(await ask()).toBe('We are open.');
    expect(await ask()).toBe('We are open.');
  });

  test('that thinks aloud in a way that nobody could tell is never heard thinking where its name says that it thinks', async () => {
    const { ask } = await alone({ reply: 'Opening hours it is.</think>We are open.' }, 'Qwen/QwQ-32B');
    expect(await ask()).toBe('We are open.');
    expect(await ask()).toBe('We are open.');
  });

  test('whose name says that it thinks, and whose server keeps that apart, is held back in its first answer only', async () => {
    const { model, ask } = await alone({ reply: 'We are open. Come by.' }, 'deepseek-ai/DeepSeek-R1-0528');
    expect(await ask()).toBe('We are open. Come by.');
    const pieces: string[] = [];
    for await (const { delta } of model.chat({ chatCtx: chatForTest() }))
      if (delta?.content) pieces.push(delta.content);
    expect(pieces).toEqual(['We are ', 'open. ', 'Come ', 'by.']);
  });

  test.each([
    ['openai-compatible-llm', 'Qwen/Qwen3-8B', true],
    ['openai-compatible-llm', 'openai/gpt-oss-20b', true],
    ['openai-compatible-llm', 'microsoft/Phi-4-reasoning', true],
    ['openai-compatible-llm', 'zai-org/GLM-4.5-Air', true],
    ['openai-compatible-llm', 'meta-llama/Llama-3.3-70B-Instruct', false],
    ['openai-compatible-llm', 'Qwen2.5-7B-Instruct', false],
    ['openai-compatible-llm', 'mistral-small-3.2', false],
    ['openrouter-llm', 'deepseek/deepseek-r1', false],
    ['ollama-llm', 'qwen3:8b', false],
  ])('%s %s may think aloud: %s', (provider, name, thinks) => expect(looksLikeThinker(provider, name)).toBe(thinks));

  test.each([
    'Okay, we are open.',
    'The users of our pool pay nothing.',
    'Alright, so that is Monday.',
    'Hmm, let me see.',
  ])('that begins nearly so and thinks nothing is heard whole: %s', async (reply) => {
    const { ask } = await alone({ reply });
    expect(await ask()).toBe(reply);
  });

  const call = { toolCalls: [{ name: 'end_call', args: {} }] };

  test('that calls a tool and ends without a finish reason has called it once', async () => {
    const { model, errors } = await alone({ reply: call, truncate: true });
    const { toolCalls } = await model.chat({ chatCtx: chatForTest(), toolCtx: toolsForTest }).collect();
    expect(toolCalls.map(({ name }) => name)).toEqual(['end_call']);
    expect(errors).toEqual([]);
  });

  test('that calls a tool after it was told to call none has said nothing, which is an apology and no silence', async () => {
    const { model, errors, double } = await alone({ reply: call });
    const asked = { chatCtx: chatForTest(), toolCtx: toolsForTest, toolChoice: 'none' } as const;
    expect((await model.chat(asked).collect()).toolCalls).toEqual([]);
    expect(double.requests).toHaveLength(2);
    expect(errors).toEqual(['empty_answer']);
  });
});
