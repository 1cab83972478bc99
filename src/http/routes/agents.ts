import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { PipelineDefinition } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import { type AgentPipelines, describeAgent } from '../../calls/describe-agent.ts';
import { getAgent } from '../../calls/get-agent.ts';
import { listPipelines, type PipelineChoice } from '../../calls/list-pipelines.ts';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';
import { apiRoute, json, notFound } from '../route.ts';

const stages = z.object({ stt: z.string(), llm: z.string(), tts: z.string() }).describe('The provider of each stage.');

const agentSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    language: z.string(),
    version: z.string().describe('Short hash of the file.'),
    variables: z.record(z.string(), z.string().nullable()).describe('Each with its default; null must be given.'),
    pipeline: z.string().nullable().describe('What it runs on when a request names none; null: nothing is set up.'),
    stages: stages.nullable(),
    scripted: z.boolean().describe('Whether its script answers instead of a language model.'),
    pipelines: z.array(z.string()).describe('Presets it can run on.'),
    tools: z.array(z.string()),
  })
  .openapi('Agent');

const pipelineSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    usable: z.boolean(),
    reason: z.string().nullable().describe('What is missing, and what to do.'),
    stages: stages.nullable(),
    scripted: z.boolean(),
  })
  .openapi('Pipeline');

const listRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/agents',
  summary: 'The agents, and the pipelines they may run on',
  responses: {
    200: json(
      z.object({ agents: z.array(agentSchema), pipelines: z.array(pipelineSchema) }).openapi('Agents'),
      'By name.',
    ),
  },
});

const getRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/agents/{name}',
  summary: 'One agent',
  request: { params: z.object({ name: z.string().max(100) }) },
  responses: { 200: json(agentSchema, 'The agent.'), ...notFound },
});

export function agentRoutes({ agents, pipelines }: HttpDependencies) {
  const describe = (agent: Agent) => agentJson(agent, describeAgent(agent, pipelines));
  return new OpenAPIHono<ApiEnv>()
    .openapi(listRoute, (c) => {
      const answer = { agents: agents.list().map(describe), pipelines: listPipelines(pipelines).map(pipelineJson) };
      return c.json(answer, 200);
    })
    .openapi(getRoute, (c) => c.json(describe(getAgent(agents, c.req.valid('param').name)), 200));
}

function agentJson(agent: Agent, { own, scripted, usable }: AgentPipelines): z.infer<typeof agentSchema> {
  const { name, description, language, version, variables, tools } = agent;
  return {
    name,
    description,
    language,
    version,
    variables,
    tools,
    scripted,
    pipeline: own?.name ?? null,
    stages: own && stagesOf(own),
    pipelines: usable,
  };
}

function pipelineJson({ name, title, definition, reason }: PipelineChoice): z.infer<typeof pipelineSchema> {
  const used = definition && stagesOf(definition);
  return { name, title, usable: used !== null, reason, stages: used, scripted: used?.llm === 'scripted-llm' };
}

function stagesOf({ stt, llm, tts }: PipelineDefinition): z.infer<typeof stages> {
  return { stt: stt[0].provider, llm: llm[0].provider, tts: tts[0].provider };
}
