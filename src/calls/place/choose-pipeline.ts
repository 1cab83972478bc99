import {
  isProviderName,
  type PipelineDefinition,
  providerCatalog,
  ProviderError,
  type WantedPipeline,
} from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import { CallError } from '../errors.ts';
import type { PipelineDirectory } from '../ports.ts';

const stages = ['vad', 'stt', 'llm', 'tts'] as const;

/** What a call row keeps: `{ preset: pipeline, ...pipelineOverrides }` is all a worker needs to build the same pipeline. */
export type ChosenPipeline = {
  pipeline: string;
  pipelineOverrides: Record<string, unknown>;
  definition: PipelineDefinition;
};

/**
 * The pipeline of one call: the agent's, unless the request names another preset; single stages of the request replace
 * those of the agent. `auto` is resolved.
 * @throws CallError `pipeline_not_found`, `pipeline_not_configured`
 */
export function choosePipeline(choice: {
  agent: Agent;
  asked?: WantedPipeline | undefined;
  pipelines: PipelineDirectory;
}): ChosenPipeline {
  const wanted = merge(choice.agent.pipeline, choice.asked);
  refuseUnknown(
    wanted,
    choice.pipelines.presets.map(({ name }) => name),
  );
  const definition = resolve(wanted, choice);
  if (definition.llm[0].provider === 'scripted-llm' && !choice.agent.script)
    throw new CallError(
      'pipeline_not_configured',
      `The pipeline ${definition.name} would answer from a script, and the agent ${choice.agent.name} has none. Add \`script:\` to its file or send a pipeline with a language model.`,
      { field: 'pipeline' },
    );
  const { preset: _, ...pipelineOverrides } = wanted;
  return { pipeline: definition.name, pipelineOverrides, definition };
}

/**
 * As `choosePipeline`, and sees to it that each provider takes the options that are sent for it: a call must not die of them.
 * @throws CallError `pipeline_not_found`, `pipeline_not_configured`
 */
export async function checkedPipeline(choice: Parameters<typeof choosePipeline>[0]): Promise<ChosenPipeline> {
  const chosen = choosePipeline(choice);
  try {
    await choice.pipelines.checkOptions(chosen.definition);
  } catch (error) {
    throw refusalOf(error);
  }
  return chosen;
}

type WantedStages = Exclude<WantedPipeline, string>;

function merge(agents: WantedPipeline, asked: WantedPipeline | undefined): WantedStages {
  if (typeof asked === 'string') return { preset: asked };
  const own = typeof agents === 'string' ? { preset: agents } : agents;
  const merged = { ...own, ...asked };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

function refuseUnknown(wanted: WantedStages, names: readonly string[]): void {
  if (wanted.preset !== undefined && wanted.preset !== 'auto' && !names.includes(wanted.preset))
    throw new CallError(
      'pipeline_not_found',
      `There is no pipeline "${wanted.preset}". Send one of auto, ${names.join(', ')}.`,
      {
        field: 'pipeline',
        details: { pipelines: ['auto', ...names] },
      },
    );
  for (const stage of stages) {
    const asked = wanted[stage];
    // Only an agent file can name a plugin, and whether it serves is found when it is made.
    if (typeof asked === 'object' && 'plugin' in asked) continue;
    const provider = typeof asked === 'object' ? asked.provider : asked;
    if (provider === undefined || (isProviderName(provider) && providerCatalog[provider].role === stage)) continue;
    const providers = Object.entries(providerCatalog).flatMap(([name, { role }]) => (role === stage ? [name] : []));
    throw new CallError(
      'pipeline_not_found',
      `There is no ${stage} provider "${provider}". Send one of ${providers.join(', ')}.`,
      {
        field: `pipeline.${stage}`,
        details: { providers },
      },
    );
  }
}

function resolve(
  wanted: WantedStages,
  { agent, pipelines }: { agent: Agent; pipelines: PipelineDirectory },
): PipelineDefinition {
  try {
    return pipelines.resolve(wanted, agent.language);
  } catch (error) {
    throw refusalOf(error);
  }
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof ProviderError)) return error;
  return new CallError('pipeline_not_configured', error.message, { field: 'pipeline', cause: error });
}
