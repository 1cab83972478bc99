import { z } from '@hono/zod-openapi';
import { agentJson, agentSchema } from '../../shapes/agent-json.ts';
import { strict } from '../../route.ts';
import { defineTool } from '../tool.ts';

const output = z.object({
  agents: z.array(
    agentSchema.pick({
      name: true,
      description: true,
      language: true,
      variables: true,
      tools: true,
      pipeline: true,
    }),
  ),
});

export const listAgentsTool = defineTool({
  name: 'list_agents',
  title: 'List agents',
  description:
    'The agents that can hold a call: what each is for, its language, and its variables. A variable whose value is null has no default: place_call needs it. An agent without a pipeline cannot be used.',
  scope: 'calls:read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: strict({}),
  output,
  async run(_args, { deps: { agents, pipelines } }) {
    // Clients check the answer against the schema, which takes no other fields.
    return { result: output.parse({ agents: agents.list().map((agent) => agentJson(agent, pipelines)) }) };
  },
});
