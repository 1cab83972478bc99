import { AsyncIterableQueue, type llm, shortuuid } from '@livekit/agents';
import { z } from 'zod';
import { Attempt } from '../fallback/attempt.ts';
import { ChatModel } from '../wire/chat-model.ts';
import type { BuildContext, Provider } from '../contract.ts';
import type { ChatMessage } from '../engine/messages.ts';
import { checkEngine, requireEngine } from '../engine/require-engine.ts';

const options = z.strictObject({
  /** Name of a language model of `parley check`, or the path of a GGUF file; the engine loads it when it starts. */
  model: z.string(),
  /** Longest answer, tokens. */
  maxTokens: z.number().int().min(1).max(2000).default(120),
  /** 0–2; 0 always takes the likeliest word. */
  temperature: z.number().min(0).max(2).default(0.3),
  /** Milliseconds until the first word, and between two pieces of an answer. */
  tokenTimeoutMs: z.number().int().min(100).default(4_000),
});
type Options = z.output<typeof options>;

/** A small language model in the engine of this host: no key, no network. It can speak but not act. */
export const embeddedLlm = {
  name: 'embedded-llm',
  role: 'llm',
  title: 'Small language model on this host, without tools',
  hosting: 'embedded',
  options,
  priceUnit: 'none',
  requires: ['model'],
  create: (chosen, context) => model(chosen, context),
  check: (chosen, { engine, timeoutMs }) =>
    checkEngine('embedded-llm', { engine, timeoutMs }, async (client, signal) => {
      const request = { messages: [{ role: 'user', content: 'Hello' } as const], maxTokens: 1, temperature: 0 };
      const conversation = shortuuid('check_');
      await client.generate({ ...request, conversation, signal, onText: () => undefined });
      return `${chosen.model} is loaded. It speaks, but calls no tools.`;
    }),
} as const satisfies Provider<'llm', typeof options>;

function model(chosen: Options, { engine: given }: BuildContext): ChatModel {
  const engine = requireEngine(embeddedLlm.name, given);
  const conversation = shortuuid('conversation_');
  const { maxTokens, temperature, tokenTimeoutMs } = chosen;
  async function* answer(chatCtx: llm.ChatContext, attempt: Attempt): AsyncGenerator<llm.ChatChunk> {
    const id = shortuuid('chat_');
    attempt.expect('first word', tokenTimeoutMs);
    const pieces = new AsyncIterableQueue<string>();
    const { signal } = attempt;
    const onText = (text: string) => pieces.put(text);
    const generation = engine
      .generate({ messages: toMessages(chatCtx), maxTokens, temperature, conversation, signal, onText })
      .finally(() => pieces.close());
    generation.catch(() => undefined);
    for await (const content of pieces) {
      attempt.expect('further words', tokenTimeoutMs);
      yield { id, delta: { role: 'assistant', content } };
    }
    const { promptTokens, completionTokens } = await generation;
    const totalTokens = promptTokens + completionTokens;
    yield { id, usage: { promptTokens, completionTokens, totalTokens, promptCachedTokens: 0 } };
  }
  return ChatModel.of({ label: embeddedLlm.name, model: chosen.model, provider: 'embedded' }, ({ chatCtx, signal }) =>
    Attempt.stream({ provider: embeddedLlm.name, signal }, (attempt) => answer(chatCtx, attempt)),
  );
}

/** What was said, in order. Results of tools, which another model called before, are told as facts. */
function toMessages(chatCtx: llm.ChatContext): ChatMessage[] {
  return chatCtx.items.flatMap((item): ChatMessage[] => {
    if (item.type === 'function_call_output')
      return [{ role: 'system', content: `Result of ${item.name}: ${item.output}` }];
    if (item.type !== 'message' || !item.textContent) return [];
    const role = item.role === 'developer' ? 'system' : item.role;
    return [{ role, content: item.textContent }];
  });
}
