import type { llm } from '@livekit/agents';
import OpenAI from 'openai';
import { z } from 'zod';
import { tryChat } from '../answer/try-chat.ts';
import { Attempt } from '../fallback/attempt.ts';
import { ChatModel, type ChatRequest } from '../wire/chat-model.ts';
import type { CheckResult, Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { type Answer, streamChat } from '../wire/openai-chat.ts';
import { openaiFailure } from '../wire/openai-failure.ts';
import { ServerManners } from '../wire/server-manners.ts';

const name = 'openai-compatible-llm';

const options = z.strictObject({
  /** Address that ends in `/v1`. */
  url: z.url({ protocol: /^https?$/ }),
  /** A model of its list. */
  model: z.string(),
  /** Key, where the server wants one. */
  apiKey: z.string().optional(),
  /** 0–2; 0 is honoured. Absent: the server's own. */
  temperature: z.number().min(0).max(2).optional(),
  /** Longest answer, tokens. Absent: the server's own. */
  maxTokens: z.number().int().min(1).optional(),
  /** More fields of the request, as the server takes them. */
  extra: z.record(z.string(), z.unknown()).default({}),
  /** Milliseconds until the first word. */
  firstTokenTimeoutMs: z.number().int().min(100).default(4_000),
  /** Milliseconds between two pieces of an answer. */
  betweenTokensTimeoutMs: z.number().int().min(100).default(3_000),
});
type Options = z.output<typeof options>;

/** Any server with `/v1/chat/completions`: vLLM, llama.cpp, LM Studio and others. */
export const openaiCompatibleLlm = {
  name,
  role: 'llm',
  title: 'OpenAI-compatible model server',
  hosting: 'lan',
  options,
  priceUnit: 'none',
  requires: ['url', 'model'],
  create: (chosen) => new CompatibleModel(chosen),
  check,
} as const satisfies Provider<'llm', typeof options>;

const slow = 'Check the server of OPENAI_COMPATIBLE_LLM_URL, or choose a smaller OPENAI_COMPATIBLE_LLM_MODEL.';

const clientOf = ({ url, apiKey }: Options) => new OpenAI({ baseURL: url, apiKey: apiKey ?? 'none', maxRetries: 0 });

const failure = (error: unknown, url: string) =>
  openaiFailure(error, {
    provider: name,
    url,
    keySetting: 'OPENAI_COMPATIBLE_API_KEY',
    urlSetting: 'OPENAI_COMPATIBLE_LLM_URL',
    modelSetting: 'OPENAI_COMPATIBLE_LLM_MODEL',
  });

class CompatibleModel extends ChatModel {
  readonly #options: Options;
  readonly #client: OpenAI;

  constructor(chosen: Options) {
    super();
    this.#options = chosen;
    this.#client = clientOf(chosen);
  }

  label(): string {
    return name;
  }

  override get model(): string {
    return this.#options.model;
  }

  override get provider(): string {
    return new URL(this.#options.url).host;
  }

  async *generate(request: ChatRequest): AsyncGenerator<llm.ChatChunk> {
    const { model, temperature, maxTokens, extra, url, firstTokenTimeoutMs, betweenTokensTimeoutMs } = this.#options;
    const attempt = new Attempt(name, request.signal, slow);
    const answer: Answer = { id: '', model };
    const body = {
      model,
      stream_options: { include_usage: true },
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      ...extra,
    };
    const deadlines = { firstTokenTimeoutMs, betweenTokensTimeoutMs };
    try {
      const manners = new ServerManners(url, model);
      yield* streamChat({ client: this.#client, manners, body, request, attempt, answer, ...deadlines });
    } catch (error) {
      if (!request.signal.aborted) throw failure(attempt.reason(error), url);
    } finally {
      attempt.end();
    }
  }
}

/** Asks for the list of models, then for the beginning of an answer, as a call does. */
async function check(chosen: Options, { timeoutMs }: { timeoutMs: number }): Promise<CheckResult> {
  const started = performance.now();
  const latencyMs = () => Math.round(performance.now() - started);
  try {
    const { data } = await clientOf(chosen).models.list({ timeout: timeoutMs });
    if (!data.some(({ id }) => id === chosen.model))
      throw new ProviderError(
        'model_not_found',
        name,
        `the server does not list ${chosen.model}. Correct OPENAI_COMPATIBLE_LLM_MODEL.`,
      );
    await tryChat(new CompatibleModel(chosen), { provider: name, timeoutMs: Math.max(1, timeoutMs - latencyMs()) });
    const odd = new ServerManners(chosen.url, chosen.model).describe();
    return { ok: true, latencyMs: latencyMs(), message: `${chosen.model} is served${odd ? `; ${odd}` : ''}.` };
  } catch (error) {
    return { ok: false, latencyMs: latencyMs(), message: failure(error, chosen.url).message };
  }
}
