import type { PipelineDefinition } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import { choosePipeline } from '../place/choose-pipeline.ts';
import { CallError } from '../errors.ts';
import type { PipelineDirectory } from '../ports.ts';

/** What an agent can run on: what it takes when the request names none (null: nothing fits), and the presets it could take. */
export type AgentPipelines = {
  own: PipelineDefinition | null;
  /** Whether its own pipeline answers from the agent's script instead of a language model. */
  scripted: boolean;
  usable: string[];
};

export function describeAgent(agent: Agent, pipelines: PipelineDirectory): AgentPipelines {
  const own = chooseOrNull({ agent, pipelines });
  return {
    own,
    scripted: own?.llm[0].provider === 'scripted-llm',
    usable: pipelines.presets.flatMap(
      (preset) => chooseOrNull({ agent, asked: { preset: preset.name }, pipelines })?.name ?? [],
    ),
  };
}

function chooseOrNull(choice: Parameters<typeof choosePipeline>[0]): PipelineDefinition | null {
  try {
    return choosePipeline(choice).definition;
  } catch (error) {
    if (error instanceof CallError) return null;
    throw error;
  }
}
