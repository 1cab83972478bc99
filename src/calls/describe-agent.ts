import type { PipelineDefinition } from '../../pipelines/index.ts';
import type { Agent } from '../agent-files/agent.ts';
import { choosePipeline } from './choose-pipeline.ts';
import { CallError } from './errors.ts';
import type { PipelineDirectory } from './ports.ts';

/** What an agent can run on: what it takes when the request names none (null: nothing fits), and the presets it could take. */
export type AgentPipelines = {
  own: PipelineDefinition | null;
  /** Whether its own pipeline answers from the agent's script instead of a language model. */
  scripted: boolean;
  usable: string[];
};

export async function describeAgent(agent: Agent, pipelines: PipelineDirectory): Promise<AgentPipelines> {
  const chosen = await Promise.all(
    [undefined, ...pipelines.presets].map((preset) =>
      chooseOrNull({ agent, asked: preset && { preset: preset.name }, pipelines }),
    ),
  );
  const [own = null, ...others] = chosen;
  return {
    own,
    scripted: own?.llm[0].provider === 'scripted-llm',
    usable: others.flatMap((definition) => (definition ? [definition.name] : [])),
  };
}

async function chooseOrNull(choice: Parameters<typeof choosePipeline>[0]): Promise<PipelineDefinition | null> {
  try {
    return (await choosePipeline(choice)).definition;
  } catch (error) {
    if (error instanceof CallError) return null;
    throw error;
  }
}
