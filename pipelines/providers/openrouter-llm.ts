import type { llm } from '@livekit/agents';
import OpenAI from 'openai';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { billMarks } from '../wire/bill-marks.ts';
import { ChatModel, type ChatRequest } from '../wire/chat-model.ts';
import type { BuildContext, Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { type Answer, answerOptions, completionUsage, type RawUsage, streamChat } from '../wire/openai-chat.ts';
import { openaiFailure } from '../wire/openai-failure.ts';
import { timedCheck } from '../wire/timed-check.ts';

const name = 'openrouter-llm';

const options = z.strictObject({
  /** Key of openrouter.ai, `sk-or-…`. */
  apiKey: z.string(),
  /** Model id of the OpenRouter list; `:nitro` prefers throughput, `:floor` the price. */
  model: z.string().default('openai/gpt-4.1-mini'),
  /** Tried by OpenRouter, in order, when the model cannot serve. */
  fallbackModels: z.array(z.string()).default([]),
  /** Base address. */
  url: z.url().default('https://openrouter.ai/api/v1'),
  ...answerOptions,
  /** OpenRouter's `provider` object: order, only, sort, data_collection, max_price and so on. */
  routing: z.record(z.string(), z.unknown()).optional(),
  /** Milliseconds until the first word; then the next provider is tried. */
  firstTokenTimeoutMs: z.number().int().min(100).default(2_000),
  /** Milliseconds between two pieces of an answer. */
  betweenTokensTimeoutMs: z.number().int().min(100).default(1_500),
});
type Options = z.output<typeof options>;

/** Any model that openrouter.ai routes to, with the exact cost of each answer. */
export const openrouterLlm = {
  name,
  role: 'llm',
  title: 'OpenRouter',
  hosting: 'cloud',
  options,
  priceUnit: 'token',
  requires: ['apiKey'],
  create: (chosen, context) => new OpenRouterModel(chosen, context),
  check: (chosen, { timeoutMs }) =>
    timedCheck(
      timeoutMs,
      () => lookUpKey(chosen, timeoutMs),
      (error) => failure(error, chosen.url),
    ),
} as const satisfies Provider<'llm', typeof options>;

const failure = (error: unknown, url: string) =>
  openaiFailure(error, {
    provider: name,
    url,
    keySetting: 'OPENROUTER_API_KEY',
    urlSetting: 'OPENROUTER_URL',
    modelSetting: 'OPENROUTER_MODEL or OPENROUTER_FALLBACK_MODELS',
  });

const slow = 'Check the network and OPENROUTER_URL, or choose a faster OPENROUTER_MODEL.';

const clientOf = ({ apiKey, url }: Options) =>
  new OpenAI({ apiKey, baseURL: url, maxRetries: 0, defaultHeaders: { 'X-OpenRouter-Title': 'Parley' } });

/** Pauses before each look-up of a cancelled answer: its bill appears a moment after the connection ended. */
const lookupPausesMs = [400, 1_000, 2_000];
const warmEveryMs = 3_000;
const runningWaitMs = 1_000;

type Marks = ReturnType<typeof billMarks>;

class OpenRouterModel extends ChatModel {
  readonly #options: Options;
  readonly #context: BuildContext;
  readonly #client: OpenAI;
  readonly #running = new Set<Promise<void>>();
  readonly #lookups = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #warmedAt = -Infinity;

  constructor(chosen: Options, context: BuildContext) {
    super({ label: name, model: chosen.model, provider: 'openrouter' });
    this.#options = chosen;
    this.#context = context;
    this.#client = clientOf(chosen);
  }

  /** Idle connections are closed after a few seconds, and a new one costs two or three round trips. */
  override warm(): void {
    if (performance.now() - this.#warmedAt < warmEveryMs || this.#closing.signal.aborted) return;
    this.#warmedAt = performance.now();
    this.#client.get('/key', { signal: this.#closing.signal, timeout: 5_000 }).catch(() => undefined);
  }

  protected override async _prewarmImpl(): Promise<void> {
    this.warm();
  }

  async *generate(request: ChatRequest): AsyncGenerator<llm.ChatChunk> {
    const { model, fallbackModels, routing, url } = this.#options;
    const answer: Answer = { id: '', model };
    const running = Promise.withResolvers<void>();
    this.#running.add(running.promise);
    const more = {
      ...(fallbackModels.length > 0 && { models: [model, ...fallbackModels] }),
      ...(routing && { provider: routing }),
    };
    const explain = (error: unknown) => failure(error, url);
    const client = this.#client;
    try {
      yield* streamChat({ ...this.#options, provider: name, client, more, request, answer, cure: slow, explain });
    } finally {
      const { cancelled: _cut, ...marks } = billMarks(request);
      if (answer.usage) this.#report(answer, answer.usage, marks);
      else if (answer.id) this.#lookUp(answer, { ...marks, cancelled: true });
      this.#running.delete(running.promise);
      running.resolve();
    }
  }

  override async aclose(): Promise<void> {
    await super.aclose();
    // An answer that was cut off a moment ago may not yet have asked for its bill.
    await Promise.race([Promise.all(this.#running), sleep(runningWaitMs, undefined, { ref: false })]);
    await Promise.all(this.#lookups);
    this.#closing.abort();
  }

  #report({ id, model }: Answer, usage: RawUsage, marks: Marks): void {
    const { promptTokens, completionTokens, promptCachedTokens, totalTokens } = completionUsage(usage);
    // With the operator's own key at the upstream provider, `cost` is OpenRouter's fee alone.
    const upstream = usage.is_byok ? (usage.cost_details?.upstream_inference_cost ?? 0) : 0;
    this.#context.onUsage?.({
      role: 'llm',
      provider: name,
      model,
      quantity: totalTokens,
      unit: 'token',
      ...(typeof usage.cost === 'number' && { usd: usage.cost + upstream }),
      tokens: { prompt: promptTokens, cachedPrompt: promptCachedTokens, completion: completionTokens },
      requestId: id,
      ...marks,
    });
  }

  /** A cancelled answer is billed all the same, and its usage chunk never came. */
  #lookUp(answer: Answer, marks: Marks): void {
    const lookup = this.#usageOf(answer, marks)
      .catch((error: unknown) => {
        const fields = { requestId: answer.id, error: failure(error, this.#options.url).message };
        this.#context.log('warn', 'The cost of a cancelled answer could not be looked up.', fields);
      })
      .finally(() => this.#lookups.delete(lookup));
    this.#lookups.add(lookup);
  }

  async #usageOf(answer: Answer, marks: Marks): Promise<void> {
    for (const [index, pauseMs] of lookupPausesMs.entries()) {
      await sleep(pauseMs);
      try {
        const { data } = generationSchema.parse(
          await this.#client.get('/generation', { query: { id: answer.id }, timeout: 3_000 }),
        );
        const { tokens_prompt, tokens_completion, total_cost, model } = data;
        const usage = { prompt_tokens: tokens_prompt, completion_tokens: tokens_completion, cost: total_cost };
        this.#report({ ...answer, model: model ?? answer.model }, usage, marks);
        return;
      } catch (error) {
        if (index === lookupPausesMs.length - 1) throw error;
      }
    }
  }
}

const count = z
  .number()
  .nullish()
  .transform((known) => known ?? 0);
const generationSchema = z.object({
  data: z.object({
    model: z.string().nullish(),
    total_cost: z.number(),
    tokens_prompt: count,
    tokens_completion: count,
  }),
});

const keySchema = z.object({ data: z.object({ limit_remaining: z.number().nullish() }).optional() });

/** Asks for the key's remaining credit and for the model: neither costs anything. */
async function lookUpKey(chosen: Options, timeout: number): Promise<string> {
  const client = clientOf(chosen);
  const [key] = await Promise.all([
    client.get('/key', { timeout }),
    client.get(`/models/${chosen.model.split(':')[0]}/endpoints`, { timeout }),
  ]);
  const left = keySchema.parse(key).data?.limit_remaining ?? Infinity;
  const usedUp = 'the limit of OPENROUTER_API_KEY is used up. Raise it, or set another key.';
  if (left <= 0) throw new ProviderError('quota_exceeded', name, usedUp);
  return `The key is valid and ${chosen.model} is served.`;
}
