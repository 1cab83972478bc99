import { llm } from '@livekit/agents';
import { catalogEntry } from './catalog.ts';
import type { AnyProvider, BuildContext, ProviderName, ProviderSettings, Stage } from './contract.ts';
import { ProviderError } from './errors.ts';
import { parseOptions } from './provider-options.ts';
import { loadProvider } from './registry.ts';
import { ensureSdkLogger } from './sdk-logger.ts';
import type { ChatModel } from './wire/chat-model.ts';

/** Nobody waits on the line for the answer: a model that has to be loaded first has the time. */
const patience = { firstTokenTimeoutMs: 60_000, betweenTokensTimeoutMs: 20_000, timeoutMs: 60_000 };

export type ModelQuestion = {
  /** Asked in this order until one answers. */
  stages: readonly Stage[];
  settings: ProviderSettings;
  messages: readonly { role: 'system' | 'user' | 'assistant'; content: string }[];
  signal: AbortSignal;
} & Required<Pick<BuildContext, 'language' | 'log' | 'onUsage'>>;

/** Of these stages those that answer outside of a call: a service, or a server of the operator's. */
export function modelsOutsideCalls(stages: readonly Stage[]): Stage[] {
  return stages.filter(({ provider }) => catalogEntry(provider).hosting !== 'embedded');
}

/**
 * Asks language models one question, outside of any call. What they answer is given as it came.
 * @throws ProviderError of the last one, when all have failed
 */
export async function askModel(
  question: ModelQuestion,
): Promise<{ text: string; provider: ProviderName; model: string }> {
  ensureSdkLogger();
  let failure: unknown = new ProviderError('not_configured', 'llm', 'there is no language model to ask.');
  for (const stage of question.stages) {
    try {
      const { text, model } = await askOne(stage, question);
      if (text.trim()) return { text, provider: stage.provider, model };
      failure = new ProviderError('empty_answer', stage.provider, 'it answered without words.');
    } catch (error) {
      question.signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

async function askOne(stage: Stage, question: ModelQuestion): Promise<{ text: string; model: string }> {
  const { language, log, onUsage, signal, messages } = question;
  const provider = await loadProvider(stage.provider);
  const options = parseOptions(provider, question.settings, { ...stage, options: patient(provider, stage) });
  const context: BuildContext = { language, sampleRateHz: 16000, variables: {}, log, onUsage };
  const model = (await provider.create(options, context)) as ChatModel;
  const chatCtx = llm.ChatContext.empty();
  for (const message of messages) chatCtx.addMessage(message);
  let text = '';
  let usage: llm.CompletionUsage | undefined;
  try {
    const request = { chatCtx, toolCtx: undefined, toolChoice: undefined, parallelToolCalls: undefined, signal };
    for await (const chunk of model.generate(request)) {
      text += chunk.delta?.content ?? '';
      usage = chunk.usage ?? usage;
    }
    signal.throwIfAborted();
    return { text, model: model.model };
  } finally {
    // Those that cost money tell themselves.
    if (usage && provider.priceUnit === 'none') onUsage(usageOf(stage.provider, model.model, usage));
    await model.aclose();
  }
}

/** The options of a stage, without the limits that serve somebody who listens. */
function patient(provider: AnyProvider, { options }: Stage): Record<string, unknown> {
  const known = Object.keys(provider.options.shape as Record<string, unknown>);
  const lifted = Object.entries({ ...patience, maxTokens: undefined }).filter(([name]) => known.includes(name));
  return { ...options, ...Object.fromEntries(lifted) };
}

function usageOf(provider: ProviderName, model: string, usage: llm.CompletionUsage) {
  const { promptTokens: prompt, promptCachedTokens: cachedPrompt, completionTokens: completion, totalTokens } = usage;
  return {
    role: 'llm' as const,
    provider,
    model,
    quantity: totalTokens,
    unit: 'token' as const,
    tokens: { prompt, cachedPrompt, completion },
  };
}
