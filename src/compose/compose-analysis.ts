import { askModel, loadPrices, modelsOutsideCalls, priceUsage, type WantedPipeline } from '../../pipelines/index.ts';
import type { AnalyzeDependencies } from '../calls/result/analyze-call.ts';
import type { PipelineDirectory } from '../calls/ports.ts';
import type { Config } from '../config.ts';
import type { Log } from '../telemetry/logger.ts';
import type { Measurements } from '../telemetry/metrics/metric-table.ts';

/** A model has so long for one answer. */
const answerSeconds = 90;

/**
 * Who is asked about calls that have ended: the model that the agent's `result:` names, else that of the call. Models of a worker's
 * own host are not asked, since this process has none.
 */
export async function composeAnalysis(options: {
  config: Pick<Config, 'providers' | 'PARLEY_PRICES_FILE'>;
  pipelines: PipelineDirectory;
  measurements: Measurements;
  log: Log;
}): Promise<AnalyzeDependencies['modelFor']> {
  const { config, pipelines, measurements, log } = options;
  const prices = await loadPrices(config.PARLEY_PRICES_FILE);
  return (call, agent) => {
    const named = agent.result?.llm;
    const wanted = { ...call.pipelineOverrides, preset: call.pipeline, ...(named && { llm: named }) } as WantedPipeline;
    const stages = modelsOutsideCalls(pipelines.resolve(wanted, agent.language).llm);
    if (stages.length === 0) return undefined;
    return ({ messages, onCost }) =>
      askModel({
        stages,
        settings: config.providers,
        messages,
        language: agent.language,
        signal: AbortSignal.timeout(answerSeconds * 1000),
        log: (level, message, fields) => log(level, message, { callId: call.id, ...fields }),
        onUsage: (usage) => {
          const { role: component, provider, model, unit, quantity } = usage;
          const { usd, source } = priceUsage(usage, prices);
          measurements.count('parley_cost_usd_total', { kind: component, provider, model }, Number(usd));
          onCost({ component, provider, model, unit, quantity, usd, source });
        },
      });
  };
}
