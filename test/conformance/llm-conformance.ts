import { llm } from '@livekit/agents';
import type { EventEmitter } from 'node:events';
import { describe, expect, vi } from 'vitest';
import { z } from 'zod';
import type { ChatModel } from '../../pipelines/wire/chat-model.ts';
import type { ProviderError } from '../../pipelines/errors.ts';
import { FallbackModel } from '../../pipelines/fallback/fallback-llm.ts';
import type { AnyProvider, ProviderName } from '../../pipelines/index.ts';
import { createProviderHealth } from '../../pipelines/fallback/provider-health.ts';
import { Standbys } from '../../pipelines/fallback/standby.ts';
import type { ChatReply } from '../fakes/openrouter-double.ts';
import { chatForTest, type ContextForTest, contextForTest } from '../pipelines/call-for-test.ts';
import { eachRule, isSteady } from './each-rule.ts';
import { expectDefectsNoticed } from './expect-noticed.ts';
import { expectNoLeak } from './no-leak.ts';

/** The far end of a language model. It gives `reply`, whatever is asked. */
export type LlmFarEnd = {
  url: string;
  behaviour: {
    reply: string | ChatReply;
    firstTokenMs: number;
    betweenTokensMs: number;
    stallAfterWords?: number;
    breakAfterWords?: number;
    midStreamErrorAfterWords?: number;
  };
  state: { open: number; cancelled: number };
  requests: { messages: Record<string, unknown>[]; tools?: unknown[] }[];
  close: () => Promise<void>;
};

export type LlmSubject = {
  provider: AnyProvider;
  start: () => Promise<LlmFarEnd>;
  /** Options besides the address and the deadlines. */
  options: Record<string, unknown>;
  /** Where its temperature is in a request. */
  temperatureOf: (request: never) => unknown;
};

type Bench = { far: LlmFarEnd; context: ContextForTest; create: (options?: Record<string, unknown>) => ChatModel };
type Rule = (bench: Bench, subject: LlmSubject) => Promise<void>;

const lookUp = llm.tool({
  name: 'look_up',
  description: 'Looks up a customer.',
  parameters: z.object({ name: z.string() }),
  execute: () => Promise.resolve('found'),
});

/** What every language model has to keep. Each rule throws where it is broken. */
export const llmRules: Record<string, Rule> = {
  'the text comes in order and in parts, and the usage last': async ({ create }) => {
    const { chunks } = await ask(create());
    const parts = chunks.flatMap(({ delta }) => (delta?.content ? [delta.content] : []));
    expect(parts.join('')).toBe('Hello, how can I help you today?');
    expect(parts.length).toBeGreaterThan(1);
    expect(chunks.filter(({ usage }) => usage)).toHaveLength(1);
    expect(chunks.at(-1)?.usage?.completionTokens).toBe(7);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  },
  'the first word is passed on while the others are still being written': async ({ far, create }) => {
    far.behaviour.stallAfterWords = 1;
    const { stream } = chat(create());
    const { value } = await stream.next();
    expect(value?.delta?.content).toBe('Hello, ');
    stream.close();
  },
  'tools are offered, and each call comes whole': async ({ far, create }) => {
    const toolCalls = [
      { name: 'look_up', args: { name: 'Ada' } },
      { name: 'look_up', args: { name: 'Grace Hopper' } },
    ];
    far.behaviour.reply = { toolCalls };
    const { chunks } = await ask(create(), { toolCtx: [lookUp] });
    const calls = chunks.flatMap(({ delta }) => delta?.toolCalls ?? []);
    expect(calls.map(({ name, args }) => ({ name, args: JSON.parse(args) as unknown }))).toEqual(toolCalls);
    expect(new Set(calls.map(({ callId }) => callId)).size).toBe(2);
    expect(far.requests[0]?.tools).toMatchObject([{ type: 'function', function: { name: 'look_up' } }]);
  },
  'a tool result goes back with the call it answers': async ({ far, create }) => {
    const chatCtx = chatForTest();
    const call = new llm.FunctionCall({ callId: 'call_7', name: 'look_up', args: '{"name":"Ada"}' });
    const output = new llm.FunctionCallOutput({ callId: 'call_7', name: 'look_up', output: 'found', isError: false });
    chatCtx.insert([call, output]);
    await ask(create(), { chatCtx, toolCtx: [lookUp] });
    const sent = far.requests[0]?.messages.slice(-2);
    expect(sent).toMatchObject([{ role: 'assistant' }, { role: 'tool', tool_call_id: 'call_7', content: 'found' }]);
  },
  'temperature 0 is honoured': async ({ far, create }, { temperatureOf }) => {
    await ask(create({ temperature: 0 }));
    expect(temperatureOf(far.requests[0] as never)).toBe(0);
  },
  'a model that never says a word is given up in time': async ({ far, create }) => {
    far.behaviour.stallAfterWords = 0;
    const { error, chunks } = await ask(create({ firstTokenTimeoutMs: 200 }));
    expect(error?.code).toBe('timeout');
    expect(error?.message).toContain('no first token');
    expect(chunks).toEqual([]);
    await vi.waitFor(() => expect(far.state.open).toBe(0));
  },
  'a model that stops in the middle is given up in time': async ({ far, create }) => {
    far.behaviour.stallAfterWords = 3;
    const { error, chunks } = await ask(create({ betweenTokensTimeoutMs: 200 }));
    expect(error?.code).toBe('timeout');
    expect(chunks).toHaveLength(3);
  },
  'a connection that breaks is reported, and the next answer works': async ({ far, create }) => {
    const model = create();
    far.behaviour.breakAfterWords = 2;
    const { error } = await ask(model);
    expect(['unreachable', 'provider_failed']).toContain(error?.code);
    expect(error?.retryable).toBe(true);
    delete far.behaviour.breakAfterWords;
    expect((await ask(model)).error).toBeUndefined();
  },
  'an error in the middle of a stream is reported': async ({ far, create }) => {
    far.behaviour.midStreamErrorAfterWords = 2;
    const { error, chunks } = await ask(create());
    expect(error?.code).toBe('provider_failed');
    expect(chunks).toHaveLength(2);
  },
  'closing a stream ends it at once and cancels the request': async ({ far, create }) => {
    far.behaviour.betweenTokensMs = 50;
    const { stream, errors } = chat(create());
    await stream.next();
    const closedAt = performance.now();
    stream.close();
    for await (const _ of stream);
    expect(performance.now() - closedAt).toBeLessThan(200);
    await vi.waitFor(() => expect(far.state.cancelled).toBe(1));
    expect(errors).toEqual([]);
  },
  'the tokens of an answer are reported once': async ({ context, create }, { provider }) => {
    const health = createProviderHealth();
    const free = provider.priceUnit === 'none';
    const standby = {
      name: provider.name as ProviderName,
      instance: create(),
      free,
      probe: () => Promise.resolve(true),
    };
    const stage = new Standbys<ChatModel>({ role: 'llm', standbys: [standby], context, health });
    const { chunks } = await ask(new FallbackModel(stage));
    health.close();
    expect(context.usages).toMatchObject([
      { role: 'llm', provider: provider.name, unit: 'token', tokens: { completion: 7 }, requestId: chunks[0]?.id },
    ]);
    expect(context.usages[0]?.quantity).toBe(chunks.at(-1)?.usage?.totalTokens);
    if (free) return;
    // What was asked for because another was late says so.
    const asked = { toolCtx: undefined, toolChoice: undefined, parallelToolCalls: undefined, hedged: true } as const;
    const { signal } = new AbortController();
    for await (const _ of create().generate({ chatCtx: chatForTest(), signal, ...asked }));
    expect(context.usages[1]).toMatchObject({ hedged: true });
  },
  'hundreds of answers leave nothing behind': async ({ far, create }) => {
    const model = create();
    far.behaviour.reply = 'Yes, of course.';
    const errors: Error[] = [];
    model.on('error', ({ error }) => errors.push(error));
    await expectNoLeak(model as unknown as EventEmitter, async () => {
      expect((await model.chat({ chatCtx: chatForTest() }).collect()).text, errors[0]?.message).toBe('Yes, of course.');
    });
    await vi.waitFor(() => expect(far.state.open).toBe(0));
  },
};

/** Runs one rule on a fresh far end. */
export async function checkLlmRule(rule: Rule, subject: LlmSubject): Promise<void> {
  const far = await subject.start();
  const context = contextForTest();
  // Long, so that a busy machine does not look like a slow server.
  const deadlines = { firstTokenTimeoutMs: 20_000, betweenTokensTimeoutMs: 20_000 };
  const created: ChatModel[] = [];
  const create = (more: Record<string, unknown> = {}) => {
    const options = subject.provider.options.parse({ url: far.url, ...deadlines, ...subject.options, ...more });
    const model = subject.provider.create(options, context) as ChatModel;
    model.on('error', () => undefined);
    created.push(model);
    return model;
  };
  try {
    await rule({ far, context, create }, subject);
  } finally {
    await far.close();
    await Promise.all(created.map((model) => model.aclose()));
  }
}

/** @param notKept rules that a provider is known to break; each is tested to be broken still */
export function llmConformance(subject: LlmSubject, notKept: readonly (keyof typeof llmRules)[] = []): void {
  describe(`${subject.provider.name} keeps the rules of language models`, () => {
    const kept = Object.entries(llmRules).filter(([name]) => !notKept.includes(name));
    eachRule(Object.fromEntries(kept), (rule) => checkLlmRule(rule, subject));
    expectDefectsNoticed(
      notKept.filter(isSteady).map((name) => [`not: ${name}`, name, subject]),
      (name, broken) => checkLlmRule(llmRules[name]!, broken),
    );
  });
}

type Question = { chatCtx?: llm.ChatContext; toolCtx?: llm.ToolContextLike };

function chat(model: ChatModel, { chatCtx = chatForTest(), ...question }: Question = {}) {
  const errors: ProviderError[] = [];
  model.on('error', ({ error }) => errors.push(error as ProviderError));
  return { stream: model.chat({ chatCtx, ...question }), errors };
}

async function ask(model: ChatModel, question?: Question) {
  const { stream, errors } = chat(model, question);
  const chunks: llm.ChatChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { chunks, error: errors[0] };
}
