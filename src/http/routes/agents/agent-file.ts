import { OpenAPIHono, z } from '@hono/zod-openapi';
import { getAgent } from '../../../calls/agents/get-agent.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { forOperator } from '../../door/for-operator.ts';
import { HttpError } from '../../problem.ts';
import { apiRoute, bodyProblems, json, jsonBody, notFound, problem, strict } from '../../route.ts';

const params = z.object({ name: z.string().max(100) });
const etag = z.string().min(1).max(100);

const fileSchema = z
  .object({
    path: z.string(),
    text: z.string(),
    etag: etag.describe('Also in the header `ETag`.'),
    writable: z.boolean().describe('Whether it may be changed through the API.'),
  })
  .openapi('AgentFile');

const readRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/agents/{name}/file',
  summary: 'The file of an agent',
  description: "Only for an admin key of the operator's tenant.",
  request: { params },
  responses: { 200: json(fileSchema, 'The file as it is on disk.'), ...notFound },
});

const writeRoute = apiRoute('admin', {
  method: 'put',
  path: '/api/agents/{name}/file',
  summary: 'Check the file of an agent, or replace it',
  description:
    "Only for an admin key of the operator's tenant, and only with `PARLEY_AGENTS_EDITABLE`. A file with mistakes is not written. Calls that begin afterwards speak by the new file.",
  request: {
    params,
    headers: z.object({ 'if-match': etag.describe('The ETag of the file that was read and changed.') }),
    query: strict({ dry_run: z.enum(['true', 'false']).default('false').describe('Check it, and write nothing.') }),
    body: jsonBody(strict({ text: z.string().min(1).max(500_000) }).openapi('ReplaceAgentFile')),
  },
  responses: {
    200: json(
      z
        .object({
          saved: z.boolean(),
          etag,
          problems: z.array(z.string()).describe('What is wrong with it, each with its line; empty: nothing.'),
        })
        .openapi('AgentFileChecked'),
      'What came of it.',
    ),
    ...notFound,
    ...bodyProblems,
    412: problem('The file is not the one in `If-Match` any more.'),
  },
});

export function agentFileRoutes({ agents, agentFiles, agentVersions, operatorTenantId }: HttpDependencies) {
  async function fileOf(name: string) {
    getAgent(agents, name);
    const file = await agentFiles.read(name);
    if (!file) throw new HttpError('route_not_found', `The agent ${name} has no file any more.`);
    await agentVersions.keep({ agent: name, etag: file.etag, text: file.text, savedBy: null });
    return file;
  }
  return new OpenAPIHono<ApiEnv>()
    .openapi(readRoute, async (c) => {
      forOperator(c.get('key'), operatorTenantId);
      const file = await fileOf(c.req.valid('param').name);
      c.header('ETag', file.etag);
      return c.json(file, 200);
    })
    .openapi(writeRoute, async (c) => {
      forOperator(c.get('key'), operatorTenantId);
      const { name } = c.req.valid('param');
      const { text } = c.req.valid('json');
      const { 'if-match': known } = c.req.valid('header');
      const file = await fileOf(name);
      c.set('auditTarget', name);
      const { problems } = agentFiles.parse(name, text);
      const isDry = c.req.valid('query').dry_run === 'true';
      if (isDry) c.set('audit', undefined);
      if (isDry || problems.length > 0) return c.json({ saved: false, etag: file.etag, problems: [...problems] }, 200);
      if (!file.writable)
        throw new HttpError(
          'agents_read_only',
          'Agent files cannot be written here. Set PARLEY_AGENTS_EDITABLE=1 and let the process write the folder.',
        );
      const saved = await agentFiles.write({ name, text, etag: known });
      if (!saved)
        throw new HttpError(
          'agent_changed',
          'Somebody else has changed this file meanwhile. Load it again, and make your change in what is there now.',
        );
      await agentVersions.keep({ agent: name, etag: saved.etag, text, savedBy: c.get('key').name });
      c.header('ETag', saved.etag);
      return c.json({ saved: true, etag: saved.etag, problems: [] }, 200);
    });
}
