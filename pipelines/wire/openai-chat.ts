import { llm } from '@livekit/agents';
import OpenAI from 'openai';
import { z } from 'zod';
import { Attempt } from '../fallback/attempt.ts';
import { ProviderError } from '../errors.ts';
import type { ChatRequest } from './chat-model.ts';
import type { ChatMessage } from './chat-messages.ts';
import { type PlainRequest, ServerManners } from './server-manners.ts';

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

type ToolPart = { index?: unknown; id?: unknown; function?: { name?: unknown; arguments?: unknown } | null };
/** Whatever a server puts there: each field is looked at before it is used. */
type Chunk = {
  id?: unknown;
  model?: unknown;
  choices?: unknown;
  usage?: RawUsage | null;
};
type Choice = {
  index?: unknown;
  delta?: { content?: unknown; tool_calls?: unknown; function_call?: unknown } | null;
  finish_reason?: unknown;
};

/** Of an answer of any language model. */
export const answerOptions = {
  /** 0–2; 0 is honoured. Absent: the model's own. */
  temperature: z.number().min(0).max(2).optional(),
  /** Longest answer, tokens. Absent: the model's own. */
  maxTokens: z.number().int().min(1).optional(),
};

export type ChatCall = z.output<z.ZodObject<typeof answerOptions>> & {
  client: OpenAI;
  provider: string;
  url: string;
  model: string;
  /** Fields of the body besides the model, how it answers, messages and tools. */
  more: Record<string, unknown>;
  request: ChatRequest;
  answer: Answer;
  /** What to do where the server is late, and what its errors mean. */
  cure: string;
  explain: (error: unknown) => ProviderError;
  /** Milliseconds until the first word, and between two pieces. */
  firstTokenTimeoutMs: number;
  betweenTokensTimeoutMs: number;
};

const usageWaitMs = 1_500;
/** All calls of tools in one answer, characters; what is longer never ends. */
const longestCalls = 100_000;
/** A call counts as so much of it at least: how many there are is bounded, too. */
const leastOfCall = 1_000;

/**
 * One streamed answer of an OpenAI-style server: text as it comes, tool calls whole at the end, then the usage. A finish
 * reason, `[DONE]` and a connection that is closed in good order all end it; only one that breaks is an error.
 */
export function streamChat(call: ChatCall): AsyncGenerator<llm.ChatChunk> {
  return Attempt.stream({ ...call, signal: call.request.signal }, (attempt) => streamed(call, attempt));
}

async function* streamed(call: ChatCall, attempt: Attempt): AsyncGenerator<llm.ChatChunk> {
  const { answer } = call;
  attempt.expect('first token', call.firstTokenTimeoutMs);
  const data = await opened(call, attempt);
  const toolCalls = new ToolCalls();
  let finished = false;
  for await (const chunk of data as AsyncIterable<Chunk | null>) {
    if (typeof chunk?.id === 'string' && chunk.id) answer.id = chunk.id;
    if (typeof chunk?.model === 'string' && chunk.model) answer.model = chunk.model;
    if (chunk?.usage) answer.usage = chunk.usage;
    for (const choice of firstChoice(chunk)) {
      // What comes after the end is of another answer.
      if (finished) break;
      const content = contentOf(choice.delta?.content);
      const isCalling = toolCalls.gather(choice.delta);
      if (toolCalls.length > longestCalls)
        throw new ProviderError('empty_answer', attempt.provider, 'the calls of tools in its answer did not end.');
      if (content || isCalling) attempt.expect('next token', call.betweenTokensTimeoutMs);
      if (content) yield { id: answer.id, delta: { role: 'assistant', content } };
      finished = Boolean(choice.finish_reason);
      if (finished) yield* toolCalls.chunk(answer.id);
    }
    if (finished) attempt.expect('usage', usageWaitMs);
    if (finished && answer.usage) break;
  }
  // The client ends quietly what was aborted.
  attempt.signal.throwIfAborted();
  attempt.met();
  if (!finished) yield* toolCalls.chunk(answer.id);
  if (answer.usage) yield { id: answer.id, usage: completionUsage(answer.usage) };
}

/** Asks, and asks again in another way where the server says that it does not take this one. */
async function opened(call: ChatCall, attempt: Attempt): Promise<unknown> {
  const { client, url, model, temperature, maxTokens, more, request, answer } = call;
  const manners = new ServerManners(url, model);
  const { toolChoice, parallelToolCalls } = request;
  const tools = chatTools(request.toolCtx);
  const plain: PlainRequest = {
    messages: (await request.chatCtx.toProviderFormat('openai')) as ChatMessage[],
    tools,
    fields: {
      model,
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      ...more,
      ...(tools.length > 0 && toolChoice !== undefined && { tool_choice: toolChoice }),
      ...(tools.length > 0 && parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
      stream: true,
    },
  };
  for (;;)
    try {
      const { data, response } = await client.chat.completions
        .create(manners.fit(plain) as unknown as OpenAI.ChatCompletionCreateParamsStreaming, { signal: attempt.signal })
        .withResponse();
      answer.id = response.headers.get('x-generation-id') ?? '';
      return data;
    } catch (error) {
      const isAboutTheRequest =
        error instanceof OpenAI.APIError && [400, 404, 413, 422, 500].includes(error.status ?? 0);
      if (!isAboutTheRequest || attempt.signal.aborted || !manners.learn(error.message, plain)) throw error;
    }
}

/** The first of several answers; others are thrown away. */
function firstChoice(chunk: Chunk | null): Choice[] {
  if (!Array.isArray(chunk?.choices)) return [];
  return (chunk.choices as (Choice | null)[]).filter(
    (choice): choice is Choice => typeof choice === 'object' && choice !== null && (choice.index ?? 0) === 0,
  );
}

/** Text, or parts of which the texts count (Mistral sends thoughts as parts of another type). */
function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as ({ type?: unknown; text?: unknown } | null)[])
    .map((part) => (part?.type === 'text' && typeof part.text === 'string' ? part.text : ''))
    .join('');
}

/** Tool calls come in pieces. A piece with a new id starts another call, also where a server gives all of them index 0. */
class ToolCalls {
  readonly #calls: { index: unknown; id: string; name: string; args: string }[] = [];
  #length = 0;

  /** Characters gathered. */
  get length(): number {
    return this.#length;
  }

  /** Returns whether there was a piece. */
  gather(delta: Choice['delta']): boolean {
    const parts = [delta?.tool_calls ?? []].flat() as (ToolPart | null)[];
    if (delta?.function_call) parts.push({ function: delta.function_call as NonNullable<ToolPart['function']> });
    for (const part of parts) if (typeof part === 'object' && part) this.#add(part);
    return parts.length > 0;
  }

  #add({ index, id, function: called }: ToolPart): void {
    const isNew = typeof id === 'string' && id !== '' && this.#calls.every((each) => each.id !== id);
    const sameIndex = this.#calls.findLast((each) => index !== undefined && index !== null && each.index === index);
    const sameId = this.#calls.find((each) => each.id === id);
    let call = sameId ?? sameIndex ?? (index === undefined || index === null ? this.#calls.at(-1) : undefined);
    if (!call || (isNew && call.id && !sameId)) {
      call = { index, id: '', name: '', args: '' };
      this.#calls.push(call);
      this.#length += leastOfCall;
    }
    if (isNew) call.id = id;
    const { name, arguments: args } = called ?? {};
    this.#length += typeof args === 'string' ? args.length : 1;
    // Some servers repeat the name in every piece.
    if (typeof name === 'string' && call.name !== name) call.name += name;
    if (typeof args === 'string') call.args += args;
    else if (args) call.args = JSON.stringify(args);
  }

  *chunk(id: string): Generator<llm.ChatChunk> {
    const toolCalls = this.#calls
      .filter(({ name }) => name !== '')
      .map(
        (call) =>
          new llm.FunctionCall({
            callId: call.id || `call_${crypto.randomUUID()}`,
            name: call.name,
            args: call.args || '{}',
          }),
      );
    if (toolCalls.length > 0) yield { id, delta: { role: 'assistant', toolCalls } };
  }
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
