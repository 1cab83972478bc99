import type { BuildContext, ProviderUsage } from '../../../pipelines/index.ts';
import type { Price } from '../usage-attributes.ts';
import type { Measurements } from './metric-table.ts';

type Callbacks = Required<Pick<BuildContext, 'onUsage' | 'onFailure'>>;

/** The callbacks of a pipeline, with what they tell measured on the way. */
export function measuredPipeline<C extends Callbacks>(
  callbacks: C,
  { measurements, priceOf }: { measurements: Measurements; priceOf: (usage: ProviderUsage) => Price },
): C & Required<Pick<BuildContext, 'onSuccess'>> {
  return {
    ...callbacks,
    onSuccess: ({ provider, role: kind }) => {
      measurements.count('parley_provider_requests_total', { provider, kind, status: 'ok' });
      // So that the first failure is seen as a rise.
      measurements.count('parley_provider_requests_total', { provider, kind, status: 'error' }, 0);
    },
    onFailure: (failure) => {
      const { provider, role: kind, error } = failure;
      measurements.count('parley_provider_requests_total', { provider, kind, status: 'error' });
      measurements.count('parley_provider_errors_total', { provider, kind, reason: error.code });
      callbacks.onFailure(failure);
    },
    onUsage: (usage) => {
      measureUsage(usage, { measurements, usd: Number(priceOf(usage).usd) });
      callbacks.onUsage(usage);
    },
  };
}

function measureUsage(usage: ProviderUsage, { measurements, usd }: { measurements: Measurements; usd: number }): void {
  const { role: kind, provider, model, unit, quantity, tokens } = usage;
  measurements.count('parley_cost_usd_total', { kind, provider, model }, usd);
  if (unit === 'character') measurements.count('parley_tts_characters_total', { provider, model }, quantity);
  else if (unit === 'audio_second') measurements.count('parley_stt_audio_seconds_total', { provider, model }, quantity);
  else {
    const { prompt = quantity, cachedPrompt = 0, completion = 0 } = tokens ?? {};
    for (const [type, count] of Object.entries({ prompt, cached_prompt: cachedPrompt, completion }))
      measurements.count('parley_tokens_total', { type, provider, model }, count);
  }
}
