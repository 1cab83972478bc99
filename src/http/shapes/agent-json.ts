import { z } from '@hono/zod-openapi';
import type { PipelineDefinition } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import { toolNames } from '../../agent-files/tools/agent-tools.ts';
import { describeAgent } from '../../calls/agents/describe-agent.ts';
import type { PipelineDirectory } from '../../calls/ports.ts';

export const stagesSchema = z
  .object({ stt: z.string(), llm: z.string(), tts: z.string() })
  .describe('The provider of each stage.');

export const agentSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    language: z.string(),
    version: z.string().describe('Short hash of the file.'),
    variables: z.record(z.string(), z.string().nullable()).describe('Each with its default; null must be given.'),
    pipeline: z.string().nullable().describe('What it runs on when a request names none; null: nothing is set up.'),
    stages: stagesSchema.nullable(),
    scripted: z.boolean().describe('Whether its script answers instead of a language model.'),
    pipelines: z.array(z.string()).describe('Presets it can run on.'),
    tools: z.array(z.string()),
  })
  .openapi('Agent');

export function agentJson(agent: Agent, pipelines: PipelineDirectory): z.infer<typeof agentSchema> {
  const { own, scripted, usable } = describeAgent(agent, pipelines);
  const { name, description, language, version, variables } = agent;
  return {
    name,
    description,
    language,
    version,
    variables,
    tools: toolNames(agent),
    scripted,
    pipeline: own?.name ?? null,
    stages: own && stagesOf(own),
    pipelines: usable,
  };
}

export function stagesOf({ stt, llm, tts }: PipelineDefinition): z.infer<typeof stagesSchema> {
  return { stt: stt[0].provider, llm: llm[0].provider, tts: tts[0].provider };
}
