import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { AgentVersion } from '../../../calls/agents/agent-versions.ts';
import { getAgent } from '../../../calls/agents/get-agent.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { forOperator } from '../../door/for-operator.ts';
import { HttpError } from '../../problem.ts';
import { apiRoute, json, notFound } from '../../route.ts';

const name = z.string().max(100);
const version = {
  version_id: z.number().int(),
  etag: z.string().describe('Of the file, as it had this text.'),
  at: z.iso.datetime().describe('When the text was saved, or first found on disk.'),
  saved_by: z.string().nullable().describe('Name of the key that saved it; null: it was found on disk.'),
};
const versionSchema = z.object(version).openapi('AgentVersion');
const wholeSchema = z.object({ ...version, text: z.string() }).openapi('AgentVersionText');

const listRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/agents/{name}/versions',
  summary: 'What the file of an agent said before',
  description:
    "The newest hundred texts that were read or saved through the API. Only for an admin key of the operator's tenant.",
  request: { params: z.object({ name }) },
  responses: {
    200: json(z.object({ versions: z.array(versionSchema) }).openapi('AgentVersions'), 'Newest first.'),
    ...notFound,
  },
});

const getRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/agents/{name}/versions/{version}',
  summary: 'One earlier text of the file of an agent',
  description: "Only for an admin key of the operator's tenant.",
  request: { params: z.object({ name, version: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }) },
  responses: { 200: json(wholeSchema, 'The text.'), ...notFound },
});

export function agentVersionRoutes({ agents, agentVersions, operatorTenantId }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>()
    .openapi(listRoute, async (c) => {
      forOperator(c.get('key'), operatorTenantId);
      const versions = await agentVersions.list(getAgent(agents, c.req.valid('param').name).name);
      return c.json({ versions: versions.map(versionJson) }, 200);
    })
    .openapi(getRoute, async (c) => {
      forOperator(c.get('key'), operatorTenantId);
      const { name: agent, version: id } = c.req.valid('param');
      const found = await agentVersions.find(getAgent(agents, agent).name, id);
      if (!found) throw new HttpError('route_not_found', `The agent ${agent} has no such version.`);
      return c.json({ ...versionJson(found), text: found.text }, 200);
    });
}

function versionJson({ id, etag, at, savedBy }: Omit<AgentVersion, 'text'>): z.infer<typeof versionSchema> {
  return { version_id: id, etag, at: at.toISOString(), saved_by: savedBy };
}
