import { llm } from '@livekit/agents';
import type OpenAI from 'openai';
import type { Attempt } from '../fallback/attempt.ts';
import type { ChatRequest } from './chat-model.ts';
import { ProviderError } from '../errors.ts';

/** What became known of an answer so far; filled while it streams, and still there when it is cut short. */
export type Answer = { id: string; model: string; usage?: RawUsage };

/** `usage` of the last chunk; OpenRouter adds the money. */
export type RawUsage = {
  prompt_tokens?: number;
  completion_tokens?: number;
  total_tokens?: number;
  prompt_tokens_details?: { cached_tokens?: number } | null;
  cost?: number | null;
  is_byok?: boolean;
  cost_details?: { upstream_inference_cost?: number | null } | null;
};

type Delta = {
  content?: string | null;
  tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[];
};
type Chunk = {
  id?: string;
  model?: string;
  choices?: { delta?: Delta; finish_reason?: string | null }[];
  usage?: RawUsage | null;
};

export type ChatCall = {
  provider: string;
  client: OpenAI;
  /** Everything but messages and tools. */
  body: Record<string, unknown>;
  request: ChatRequest;
  attempt: Attempt;
  answer: Answer;
  /** Milliseconds until the first word, and between two pieces. */
  firstTokenTimeoutMs: number;
  betweenTokensTimeoutMs: number;
};

const usageWaitMs = 1_500;

/**
 * One streamed answer of an OpenAI-style server: text as it comes, tool calls whole at the end, then the usage.
 * A stream that ends without a finish reason was cut, and is an error: some servers report failures in no other way.
 */
export async function* streamChat(call: ChatCall): AsyncGenerator<llm.ChatChunk> {
  const { attempt, answer, request } = call;
  attempt.expect('first token', call.firstTokenTimeoutMs);
  const body = { ...call.body, ...(await messagesAndTools(request)), stream: true };
  const { data, response } = await call.client.chat.completions
    .create(body as unknown as OpenAI.ChatCompletionCreateParamsStreaming, { signal: attempt.signal })
    .withResponse();
  answer.id = response.headers.get('x-generation-id') ?? '';

  const toolCalls = new Map<number, { id: string; name: string; args: string }>();
  const thinking = new ThinkingFilter();
  let finished = false;
  for await (const chunk of data as AsyncIterable<Chunk>) {
    if (chunk.id) answer.id = chunk.id;
    if (chunk.model) answer.model = chunk.model;
    if (chunk.usage) answer.usage = chunk.usage;
    for (const { delta, finish_reason } of chunk.choices ?? []) {
      const content = thinking.push(delta?.content ?? '');
      for (const part of delta?.tool_calls ?? []) gather(toolCalls, part);
      if (content || delta?.tool_calls?.length) attempt.expect('next token', call.betweenTokensTimeoutMs);
      if (content) yield { id: answer.id, delta: { role: 'assistant', content } };
      if (finish_reason && !finished) {
        finished = true;
        const calls = [...toolCalls.values()].map(functionCall);
        if (calls.length > 0) yield { id: answer.id, delta: { role: 'assistant', toolCalls: calls } };
      }
    }
    if (finished) attempt.expect('usage', usageWaitMs);
    if (finished && answer.usage) break;
  }
  attempt.met();
  if (!finished) throw new ProviderError('provider_failed', call.provider, 'the answer broke off before its end.');
  if (answer.usage) yield { id: answer.id, usage: completionUsage(answer.usage) };
}

/** Tool calls come in pieces. A piece with a new id starts another call, also where a server gives all of them index 0. */
function gather(
  toolCalls: Map<number, { id: string; name: string; args: string }>,
  part: NonNullable<Delta['tool_calls']>[number],
): void {
  let index = part.index ?? toolCalls.size;
  const known = toolCalls.get(index);
  if (known && part.id && part.id !== known.id) index = toolCalls.size;
  const entry = toolCalls.get(index) ?? { id: part.id ?? `call_${index}`, name: '', args: '' };
  entry.name += part.function?.name ?? '';
  entry.args += part.function?.arguments ?? '';
  toolCalls.set(index, entry);
}

const functionCall = ({ id, name, args }: { id: string; name: string; args: string }) =>
  new llm.FunctionCall({ callId: id, name, args: args || '{}' });

async function messagesAndTools(request: ChatRequest): Promise<Record<string, unknown>> {
  const messages = await request.chatCtx.toProviderFormat('openai');
  const tools = chatTools(request.toolCtx);
  if (tools.length === 0) return { messages };
  return {
    messages,
    tools,
    ...(request.toolChoice !== undefined && { tool_choice: request.toolChoice }),
    ...(request.parallelToolCalls !== undefined && { parallel_tool_calls: request.parallelToolCalls }),
  };
}

/** The tools as OpenAI-style servers and Ollama take them. */
export function chatTools(toolCtx: llm.ToolContext | undefined): Record<string, unknown>[] {
  if (!toolCtx) return [];
  return llm.sortedToolEntries(toolCtx).map(([name, { description, parameters }]) => {
    const { $schema: _dialect, ...schema } = llm.toJsonSchema(parameters, true, false) as Record<string, unknown>;
    return { type: 'function', function: { name, description, parameters: schema } };
  });
}

export function completionUsage(usage: RawUsage): llm.CompletionUsage {
  const promptTokens = usage.prompt_tokens ?? 0;
  const completionTokens = usage.completion_tokens ?? 0;
  return {
    promptTokens,
    completionTokens,
    promptCachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    totalTokens: usage.total_tokens ?? promptTokens + completionTokens,
  };
}

/** Drops a leading `<think>…</think>`, which some models write into the answer. */
class ThinkingFilter {
  #state: 'start' | 'thinking' | 'speaking' = 'start';
  #held = '';

  push(content: string): string {
    if (this.#state === 'speaking') return content;
    this.#held += content;
    const seen = this.#held.trimStart();
    if (this.#state === 'start') {
      if (!seen.startsWith('<think>')) {
        if ('<think>'.startsWith(seen)) return '';
        return this.#speak(this.#held);
      }
      this.#state = 'thinking';
    }
    const end = this.#held.indexOf('</think>');
    return end < 0 ? '' : this.#speak(this.#held.slice(end + '</think>'.length).trimStart());
  }

  #speak(text: string): string {
    this.#state = 'speaking';
    this.#held = '';
    return text;
  }
}
