import OpenAI from 'openai';
import { z } from 'zod';
import { tryChat } from '../answer/try-chat.ts';
import { ChatModel } from '../wire/chat-model.ts';
import type { Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { answerOptions, streamChat } from '../wire/openai-chat.ts';
import { openaiFailure } from '../wire/openai-failure.ts';
import { ServerManners } from '../wire/server-manners.ts';
import { timedCheck } from '../wire/timed-check.ts';

const name = 'openai-compatible-llm';

const options = z.strictObject({
  /** Address that ends in `/v1`. */
  url: z.url({ protocol: /^https?$/ }),
  /** A model of its list. */
  model: z.string(),
  /** Key, where the server wants one. */
  apiKey: z.string().optional(),
  ...answerOptions,
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
  create: compatibleModel,
  check: (chosen, { timeoutMs }) =>
    timedCheck(
      timeoutMs,
      (_signal, leftMs) => tryModel(chosen, timeoutMs, leftMs),
      (error) => failure(error, chosen.url),
    ),
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

function compatibleModel(chosen: Options): ChatModel {
  const client = clientOf(chosen);
  const { url, model, extra } = chosen;
  const more = { stream_options: { include_usage: true }, ...extra };
  const explain = (error: unknown) => failure(error, url);
  return ChatModel.of({ label: name, model, provider: new URL(url).host }, (request) =>
    streamChat({ ...chosen, provider: name, client, more, request, answer: { id: '', model }, cure: slow, explain }),
  );
}

/** Asks for the list of models, then for the beginning of an answer, as a call does. */
async function tryModel(chosen: Options, timeoutMs: number, leftMs: () => number): Promise<string> {
  const { model, url } = chosen;
  const { data } = await clientOf(chosen).models.list({ timeout: timeoutMs });
  if (!data.some(({ id }) => id === model)) {
    const missing = `the server does not list ${model}. Correct OPENAI_COMPATIBLE_LLM_MODEL.`;
    throw new ProviderError('model_not_found', name, missing);
  }
  await tryChat(compatibleModel(chosen), { provider: name, timeoutMs: leftMs() });
  const odd = new ServerManners(url, model).describe();
  return `${model} is served${odd ? `; ${odd}` : ''}.`;
}
