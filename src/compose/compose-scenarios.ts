import {
  isProviderName,
  loadPrices,
  type PipelineDefinition,
  pipelinePresets,
  priceUsage,
  resolvePipeline,
} from '../../pipelines/index.ts';
import type { Agent } from '../agent-files/agent.ts';
import type { Config } from '../config.ts';
import { type Ask, openModel } from '../scenarios/judge/ask-model.ts';
import type { RunOptions } from '../scenarios/run-scenarios.ts';
import { runText } from '../scenarios/text/run-text.ts';
import { createLogger, logTo } from '../telemetry/logger.ts';
import { startSdk } from '../worker/conversation/sdk-pins.ts';

type Settings = Pick<Config, 'providers' | 'PARLEY_PIPELINE' | 'PARLEY_PRICES_FILE' | 'PARLEY_LOG_LEVEL'>;

/** What runs scenarios in text, and the model that judges and plays personas, if there is one. */
export type TextRunner = { run: RunOptions['run']; ask: Ask | undefined; close: () => Promise<void> };

/**
 * Runs scenarios in text with these agents, each on its own pipeline or on `pipeline`: a preset, or a language model as
 * `provider[:model]`. `model` is one as well.
 * @throws ProviderError where it cannot be used
 */
export async function openTextRunner(parts: {
  config: Settings;
  agents: readonly Agent[];
  pipeline?: string | undefined;
  model?: string | undefined;
}): Promise<TextRunner> {
  const { config, agents, pipeline, model } = parts;
  const { settings, priceOf, definitionOf, log } = await textParts(config);
  const definitions = new Map<Agent, PipelineDefinition>();
  const definitionFor = (agent: Agent) => {
    const known = definitions.get(agent) ?? definitionOf(pipeline ?? agent.pipeline);
    definitions.set(agent, known);
    return known;
  };
  const judge = model
    ? await openModel({ definition: definitionOf(model), settings, onUsage: () => undefined, log })
    : undefined;
  return {
    run: async (scenario) => {
      const agent = agents.find(({ name }) => name === scenario.agent);
      if (!agent) throw new Error(`there is no agent "${scenario.agent}"`);
      return runText(scenario, agent, {
        agents,
        definitionOf: definitionFor,
        settings,
        priceOf,
        ask: judge?.ask,
        log,
      });
    },
    ask: judge?.ask,
    close: async () => judge?.close(),
  };
}

/** What every conversation in writing needs of the settings. Begins the SDK. */
export async function textParts(config: Settings) {
  const log = logTo(createLogger({ level: config.PARLEY_LOG_LEVEL, component: 'test', out: process.stderr }));
  // A tool that a scenario lets fail is no news.
  startSdk((level, message, fields) => {
    if (!message.includes('executing tool')) log(level, message, fields);
  });
  const prices = await loadPrices(config.PARLEY_PRICES_FILE);
  return {
    settings: config.providers,
    priceOf: (usage: Parameters<typeof priceUsage>[0]) => priceUsage(usage, prices),
    definitionOf: (wanted: Agent['pipeline'] | string) => textPipeline(wanted, config),
    log,
  };
}

/** Whose language model answers; ears and voice are not needed, so they need not be configured. */
function textPipeline(
  wanted: Agent['pipeline'] | string,
  { providers, PARLEY_PIPELINE }: Settings,
): PipelineDefinition {
  const asked = typeof wanted === 'string' ? namedPipeline(wanted) : wanted;
  const { stt, tts, vad } = pipelinePresets.embedded;
  const preset = (asked.preset ?? 'auto') === 'auto' ? PARLEY_PIPELINE : asked.preset;
  return resolvePipeline({
    wanted: { ...asked, preset, vad: vad[0].provider, stt: stt[0].provider, tts: tts[0].provider },
    settings: providers,
    available: { embedded: true },
  });
}

/** `cloud`, or a language model such as `openrouter-llm:openai/gpt-4o-mini`. */
function namedPipeline(name: string): Exclude<Agent['pipeline'], string> {
  const [provider = '', ...rest] = name.split(':');
  if (!isProviderName(provider)) return { preset: name };
  const model = rest.join(':');
  return { preset: 'embedded', llm: { provider, options: model ? { model } : {} } };
}
