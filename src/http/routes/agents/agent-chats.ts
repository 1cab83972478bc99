import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { ChatAnswer } from '../../../calls/agents/agent-chats.ts';
import { getAgent } from '../../../calls/agents/get-agent.ts';
import { type EndReason, endReasons } from '../../../calls/end/end-reason.ts';
import { checkVariables } from '../../../calls/place/check-variables.ts';
import { CallError } from '../../../calls/errors.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { forOperator } from '../../door/for-operator.ts';
import { HttpError } from '../../problem.ts';
import { apiRoute, bodyProblems, json, jsonBody, notFound, strict } from '../../route.ts';

const name = z.string().max(100);
const chat = z.string().max(64);

const answer = {
  said: z.array(z.string()).describe('What the agent said since the answer before.'),
  tools: z
    .array(z.object({ tool: z.string(), arguments: z.record(z.string(), z.unknown()) }))
    .describe('Tools that it used since. None of them reached anything.'),
  troubles: z.array(z.string()).describe('What kept it from answering as it should.'),
  end_reason: z
    .enum(Object.keys(endReasons) as [EndReason, ...EndReason[]])
    .nullable()
    .describe('Why the conversation is over; null: it goes on.'),
  cost_usd: z.number().describe('Of the language model, so far.'),
  model: z.string(),
};
const answerSchema = z.object(answer).openapi('ChatAnswer');

const openRoute = apiRoute('admin', {
  method: 'post',
  path: '/api/agents/{name}/chats',
  summary: 'Talk to the draft of an agent in writing',
  description:
    "Begins a conversation with a text that need not be saved: the turns, tools and history of a call, without sound. Tools reach nothing. It is kept by the process that was asked, until nobody has written for ten minutes. Only for an admin key of the operator's tenant.",
  request: {
    params: z.object({ name }),
    body: jsonBody(
      strict({
        text: z.string().min(1).max(500_000).optional().describe('Of the file. Default: as it is on disk.'),
        variables: z.record(z.string().max(100), z.string().max(2000)).default({}),
      }).openapi('OpenChat'),
    ),
  },
  responses: {
    201: json(z.object({ chat_id: z.string(), ...answer }).openapi('Chat'), 'The greeting.'),
    ...notFound,
    ...bodyProblems,
  },
});

const sayRoute = apiRoute('admin', {
  method: 'post',
  path: '/api/agents/{name}/chats/{chat}/messages',
  summary: 'Say something to the draft of an agent',
  request: {
    params: z.object({ name, chat }),
    body: jsonBody(strict({ text: z.string().trim().min(1).max(4000) }).openapi('ChatMessage')),
  },
  responses: { 200: json(answerSchema, 'What it answered.'), ...notFound, ...bodyProblems },
});

const closeRoute = apiRoute('admin', {
  method: 'delete',
  path: '/api/agents/{name}/chats/{chat}',
  summary: 'End a conversation in writing',
  request: { params: z.object({ name, chat }) },
  responses: { 204: { description: 'It is over.' } },
});

export function agentChatRoutes({ agents, agentFiles, agentChats, operatorTenantId }: HttpDependencies) {
  async function draftOf(of: string, text: string | undefined) {
    const file = text ?? (await agentFiles.read(getAgent(agents, of).name))?.text;
    if (file === undefined) throw new HttpError('route_not_found', `The agent ${of} has no file any more.`);
    const { agent, problems } = agentFiles.parse(of, file);
    if (agent) return agent;
    throw new CallError('invalid_request', `The file cannot be used as it is: ${problems.join('; ')}`, {
      field: 'text',
    });
  }
  return new OpenAPIHono<ApiEnv>()
    .openapi(openRoute, async (c) => {
      forOperator(c.get('key'), operatorTenantId);
      const { text, variables } = c.req.valid('json');
      const agent = await draftOf(c.req.valid('param').name, text);
      checkVariables({ agent, variables });
      const { id, ...greeting } = await agentChats.open({ tenantId: c.get('key').tenantId, agent, variables });
      c.set('auditTarget', agent.name);
      return c.json({ chat_id: id, ...answerJson(greeting) }, 201);
    })
    .openapi(sayRoute, async (c) => {
      forOperator(c.get('key'), operatorTenantId);
      const said = { id: c.req.valid('param').chat, tenantId: c.get('key').tenantId, text: c.req.valid('json').text };
      return c.json(answerJson(await agentChats.say(said)), 200);
    })
    .openapi(closeRoute, async (c) => {
      forOperator(c.get('key'), operatorTenantId);
      await agentChats.close({ id: c.req.valid('param').chat, tenantId: c.get('key').tenantId });
      return c.body(null, 204);
    });
}

function answerJson({ endReason, costUsd, ...answered }: ChatAnswer): z.infer<typeof answerSchema> {
  return { ...answered, end_reason: endReason, cost_usd: costUsd };
}
