import type { Attributes } from '@opentelemetry/api';
import type { ProviderUsage } from '../../pipelines/index.ts';
import type { CostLine } from '../calls/call.ts';
import { attribute } from './attributes.ts';

/** What a use cost, as it is also in `call_costs`: USD as exact decimal text. */
export type Price = { usd: string; source: CostLine['source'] };

/** One use of a provider as a Langfuse generation, and for every other backend. */
export function usageAttributes(usage: ProviderUsage, { usd, source }: Price): Attributes {
  const cost = Number(usd);
  return {
    [attribute.type]: 'generation',
    [attribute.usageCost]: cost,
    [attribute.costDetails]: JSON.stringify({ total: cost }),
    [attribute.usageDetails]: JSON.stringify(usageDetails(usage)),
    [attribute.responseModel]: usage.model,
    [attribute.model]: usage.model,
    [attribute.providerName]: usage.provider.replace(/-(stt|llm|tts)$/, ''),
    [attribute.provider]: usage.provider,
    [attribute.quantity]: usage.quantity,
    [attribute.unit]: usage.unit,
    [attribute.priceSource]: source,
    ...(usage.cancelled && { [attribute.cancelled]: true }),
    ...(usage.hedged && { [attribute.hedged]: true }),
    ...(usage.lost && { [attribute.lost]: true }),
    ...(usage.role === 'llm' && {
      [attribute.promptTokens]: usage.tokens?.prompt ?? 0,
      [attribute.completionTokens]: usage.tokens?.completion ?? 0,
      [attribute.totalTokens]: usage.quantity,
    }),
  };
}

/**
 * A request of which no use is known: it failed, was thrown away before it was billed, or its bill is still to come. Without
 * figures of ours Langfuse would guess them from the text and the model.
 */
export function noUsageAttributes(role: 'llm' | 'tts'): Attributes {
  return {
    [attribute.type]: 'generation',
    [attribute.usageCost]: 0,
    [attribute.costDetails]: '{"total":0}',
    [attribute.usageDetails]: role === 'llm' ? '{"input":0,"output":0,"total":0}' : '{"characters":0}',
    ...(role === 'llm' && {
      [attribute.promptTokens]: 0,
      [attribute.completionTokens]: 0,
      [attribute.totalTokens]: 0,
    }),
  };
}

/** Units as Langfuse adds them up. A cached part of the prompt is a unit of its own, as its price is another. */
function usageDetails({ role, quantity, tokens }: ProviderUsage): Record<string, number> {
  if (role === 'stt') return { seconds: Math.round(quantity * 1000) / 1000 };
  if (role === 'tts') return { characters: quantity };
  const { prompt = 0, cachedPrompt = 0, completion = 0 } = tokens ?? {};
  return {
    input: Math.max(0, prompt - cachedPrompt),
    ...(cachedPrompt > 0 && { input_cached_tokens: cachedPrompt }),
    output: completion,
    total: quantity,
  };
}
