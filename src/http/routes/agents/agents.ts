import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Agent } from '../../../agent-files/agent.ts';
import { getAgent } from '../../../calls/agents/get-agent.ts';
import { listPipelines, type PipelineChoice } from '../../../calls/agents/list-pipelines.ts';
import { agentJson, agentSchema, stagesOf, stagesSchema } from '../../shapes/agent-json.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { apiRoute, json, notFound } from '../../route.ts';

const pipelineSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    usable: z.boolean(),
    reason: z.string().nullable().describe('What is missing, and what to do.'),
    stages: stagesSchema.nullable(),
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
  const describe = (agent: Agent) => agentJson(agent, pipelines);
  return new OpenAPIHono<ApiEnv>()
    .openapi(listRoute, (c) => {
      const answer = { agents: agents.list().map(describe), pipelines: listPipelines(pipelines).map(pipelineJson) };
      return c.json(answer, 200);
    })
    .openapi(getRoute, (c) => c.json(describe(getAgent(agents, c.req.valid('param').name)), 200));
}

function pipelineJson({ name, title, definition, reason }: PipelineChoice): z.infer<typeof pipelineSchema> {
  const used = definition && stagesOf(definition);
  return { name, title, usable: used !== null, reason, stages: used, scripted: used?.llm === 'scripted-llm' };
}
