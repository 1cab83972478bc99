import { llm } from '@livekit/agents';
import { z } from 'zod';
import { contextWarning, tokensOf } from '../answer/prompt-size.ts';
import { tryChat } from '../answer/try-chat.ts';
import { Attempt } from '../fallback/attempt.ts';
import { ChatModel, type ChatRequest } from '../wire/chat-model.ts';
import type { BuildContext, Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { messageOf, networkFailure, waiting } from '../failure.ts';
import type { ChatMessage } from '../wire/chat-messages.ts';
import { answerOptions, chatTools } from '../wire/openai-chat.ts';
import { parsed } from '../wire/parsed.ts';
import { ServerManners } from '../wire/server-manners.ts';
import { timedCheck } from '../wire/timed-check.ts';

const name = 'ollama-llm';

const options = z.strictObject({
  /** Address of the server, without a path. */
  url: z.url({ protocol: /^https?$/ }),
  /** A model of `ollama list`. */
  model: z.string(),
  /** Context, tokens. What does not fit is cut off without a word, so it must hold the prompt and the whole call. */
  numCtx: z.number().int().min(512).default(8_192),
  /** How long the model stays loaded after a call, such as `30m`; −1 for ever. */
  keepAlive: z.union([z.string(), z.number()]).default('30m'),
  ...answerOptions,
  /** Let a reasoning model think before it speaks; callers hear that as silence. */
  think: z.boolean().default(false),
  /** Milliseconds until the first word; a model that is not loaded yet takes longer. */
  firstTokenTimeoutMs: z.number().int().min(100).default(4_000),
  /** Milliseconds between two pieces of an answer. */
  betweenTokensTimeoutMs: z.number().int().min(100).default(3_000),
});
type Options = z.output<typeof options>;

/** Ollama by its own protocol `/api/chat`: the OpenAI-style one takes neither the context length nor the keep-alive. */
export const ollamaLlm = {
  name,
  role: 'llm',
  title: 'Ollama',
  hosting: 'lan',
  options,
  priceUnit: 'none',
  requires: ['url', 'model'],
  create: (chosen, context) => new OllamaModel(chosen, context),
  check: (chosen, { timeoutMs }) => timedCheck(timeoutMs, (signal, leftMs) => tryModel(chosen, signal, leftMs)),
} as const satisfies Provider<'llm', typeof options>;

const slow = 'Check the server of OLLAMA_URL, or choose a smaller OLLAMA_MODEL.';

const ollamaCall = z.object({
  id: z.string().nullish(),
  function: z.object({ name: z.unknown(), arguments: z.unknown() }).nullish(),
});
const answerLine = z.object({
  message: z
    .object({
      content: z.string().nullish().catch(undefined),
      tool_calls: z.array(ollamaCall.nullable().catch(null)).nullish(),
    })
    .nullish(),
  done: z.boolean().nullish(),
  /** Absent when 0, as for a prompt that was cached whole. */
  prompt_eval_count: z.number().default(0),
  eval_count: z.number().default(0),
  error: z.string().nullish(),
});

class OllamaModel extends ChatModel {
  readonly #options: Options;
  readonly #log: BuildContext['log'];
  #warned = false;
  readonly #closing = new AbortController();

  constructor(chosen: Options, { log, promptTokens = 0 }: Pick<BuildContext, 'log' | 'promptTokens'>) {
    super({ label: name, model: chosen.model, provider: 'ollama' });
    this.#options = chosen;
    this.#log = log;
    this.#warnOf(promptTokens);
    load(chosen, this.#closing.signal).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) log('warn', messageOf(error));
    });
  }

  generate(request: ChatRequest): AsyncGenerator<llm.ChatChunk> {
    const explain = (error: unknown) => failure(error, this.#options.url);
    return Attempt.stream({ provider: name, signal: request.signal, cure: slow, explain }, (attempt) =>
      this.#answer(request, attempt),
    );
  }

  async *#answer(request: ChatRequest, attempt: Attempt): AsyncGenerator<llm.ChatChunk> {
    const { firstTokenTimeoutMs, betweenTokensTimeoutMs } = this.#options;
    const id = `ollama-${crypto.randomUUID()}`;
    attempt.expect('first token', firstTokenTimeoutMs);
    const response = await this.#open(request, attempt.signal);
    for await (const { error, message, done, prompt_eval_count, eval_count } of lines(response)) {
      if (error) throw new ProviderError('provider_failed', name, `it failed: ${error}.`);
      const content = message?.content ?? '';
      const toolCalls = (message?.tool_calls ?? []).flatMap((call, index) => functionCall(call, `${id}-${index}`));
      if (content || toolCalls.length > 0) {
        attempt.expect('next token', betweenTokensTimeoutMs);
        yield {
          id,
          delta: { role: 'assistant', ...(content && { content }), ...(toolCalls.length > 0 && { toolCalls }) },
        };
      }
      if (!done) continue;
      const totalTokens = prompt_eval_count + eval_count;
      const counts = { promptTokens: prompt_eval_count, completionTokens: eval_count, totalTokens };
      yield { id, usage: { ...counts, promptCachedTokens: 0 } };
    }
  }

  /** Asks, and asks again in another way where the model's template says that it does not take this one. */
  async #open({ chatCtx, toolCtx }: ChatRequest, signal: AbortSignal): Promise<Response> {
    const manners = new ServerManners(this.#options.url, this.#options.model);
    const plain = {
      messages: (await chatCtx.toProviderFormat('openai')) as ChatMessage[],
      tools: chatTools(toolCtx),
      fields: { think: this.#options.think },
    };
    this.#warnOf(tokensOf(JSON.stringify([plain.messages, plain.tools])));
    for (;;) {
      const { messages, ...body } = manners.fit(plain);
      const asked = { ...body, messages: ollamaMessages(messages as ChatMessage[]) };
      try {
        return await post(this.#options, '/api/chat', asked, signal);
      } catch (error) {
        const isAboutTheRequest =
          error instanceof ProviderError && ['protocol', 'provider_failed'].includes(error.code);
        if (!isAboutTheRequest || !manners.learn(error.message, plain)) throw error;
      }
    }
  }

  /** Once: a conversation only grows. */
  #warnOf(prompt: number): void {
    const { numCtx: context } = this.#options;
    const warning = this.#warned
      ? undefined
      : contextWarning({ prompt, context, setting: 'numCtx, an option of ollama-llm' });
    if (!warning) return;
    this.#warned = true;
    this.#log('warn', `${name}: ${warning}`, { promptTokens: prompt, contextTokens: context });
  }

  override async aclose(): Promise<void> {
    await super.aclose();
    this.#closing.abort();
  }
}

const failure = (error: unknown, url: string) => networkFailure(error, { provider: name, url, setting: 'OLLAMA_URL' });

/** @throws ProviderError, or what `fetch` throws */
async function post(
  { url, model, keepAlive, numCtx, temperature, maxTokens }: Options,
  path: string,
  body: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Response> {
  const settings = {
    // Another context length would load the model a second time.
    num_ctx: numCtx,
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { num_predict: maxTokens }),
  };
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ model, keep_alive: keepAlive, options: settings, ...body }),
    signal,
  });
  if (response.ok) return response;
  throw refusal(response, { model, said: /"error"\s*:\s*"([^"]*)"/.exec(await response.text())?.[1] });
}

function refusal({ status, headers }: Response, { model, said }: { model: string; said: string | undefined }) {
  const made = (...[code, message]: [ProviderError['code'], string]) =>
    new ProviderError(code, name, message, waiting(headers.get('retry-after')));
  // What no Ollama wrote is of another server.
  if (status === 404 && said === undefined)
    return made('protocol', 'no Ollama answers there. Correct OLLAMA_URL, which has no path.');
  if (status === 404)
    return made(
      'model_not_found',
      `the model ${model} is not there. Run \`ollama pull ${model}\`, or correct OLLAMA_MODEL.`,
    );
  // Models that Ollama runs elsewhere want an account, and have limits.
  if (status === 401 || status === 403)
    return made(
      'bad_key',
      `the model ${model} is not allowed (${said}). Run \`ollama signin\`, or set another OLLAMA_MODEL.`,
    );
  if (status === 429)
    return made(
      'rate_limited',
      `too many requests (${said}). Wait, or set OLLAMA_MODEL to a model that the server runs itself.`,
    );
  if (status === 503)
    return made('server_full', `the server is busy (${said}). Raise its OLLAMA_NUM_PARALLEL or OLLAMA_MAX_QUEUE.`);
  if (status < 500) return made('protocol', `the request was not accepted (${said}). Correct OLLAMA_MODEL.`);
  return made('provider_failed', `it failed (${status} ${said}). See the log of the server of OLLAMA_URL.`);
}

/** A request without messages loads the model and keeps it. */
async function load(chosen: Options, signal: AbortSignal): Promise<void> {
  const response = await post(chosen, '/api/chat', { messages: [], stream: false }, signal).catch((error: unknown) => {
    throw failure(error, chosen.url);
  });
  await response.text();
}

async function* lines(response: Response): AsyncGenerator<z.output<typeof answerLine>> {
  const read = (line: string) => parsed(answerLine, line, { provider: name, setting: 'OLLAMA_URL' });
  let rest = '';
  for await (const piece of (response.body ?? new ReadableStream<Uint8Array<ArrayBuffer>>()).pipeThrough(
    new TextDecoderStream(),
  )) {
    const parts = (rest + piece).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.trim()) yield read(part);
  }
  if (rest.trim()) yield read(rest);
}

/** Ollama takes a tool's arguments as an object, and the name of the tool with its result. */
function ollamaMessages(messages: readonly ChatMessage[]): Record<string, unknown>[] {
  const names = new Map<string, string>();
  return messages.map(({ role, content, tool_calls, tool_call_id }) => {
    for (const call of tool_calls ?? []) names.set(call.id, call.function.name);
    return {
      role,
      content: typeof content === 'string' ? content : '',
      ...(tool_calls && {
        tool_calls: tool_calls.map((call) => ({
          id: call.id,
          function: { name: call.function.name, arguments: JSON.parse(call.function.arguments || '{}') as unknown },
        })),
      }),
      ...(tool_call_id && { tool_name: names.get(tool_call_id), tool_call_id }),
    };
  });
}

function functionCall(call: z.output<typeof ollamaCall> | null, id: string): llm.FunctionCall[] {
  const { name: tool, arguments: args } = call?.function ?? {};
  if (typeof tool !== 'string' || tool === '') return [];
  const written = typeof args === 'string' ? args : JSON.stringify(args ?? {});
  return [new llm.FunctionCall({ callId: call?.id ?? id, name: tool, args: written })];
}

/** Loads the model, which is what the first call would otherwise wait for, and asks it for the beginning of an answer. */
async function tryModel(chosen: Options, signal: AbortSignal, leftMs: () => number): Promise<string> {
  await load(chosen, signal);
  const model = new OllamaModel(chosen, { log: () => undefined, promptTokens: 0 });
  await tryChat(model, { provider: name, timeoutMs: leftMs() });
  const odd = new ServerManners(chosen.url, chosen.model).describe();
  return `${chosen.model} is loaded${odd ? `; ${odd}` : ''}.`;
}
