import { OpenAPIHono, z } from '@hono/zod-openapi';
import { getCall } from '../../../calls/get-call.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { apiRoute, idParam, notFound } from '../../route.ts';

/** What the text is, read as YAML. */
const scenarioFile = z
  .looseObject({ agent: z.string(), scenarios: z.array(z.looseObject({ name: z.string() })) })
  .openapi('ScenarioFile');

const scenarioRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/calls/{id}/scenario',
  summary: 'A test that repeats a call, for `parley test`',
  description: 'The file that `parley test --from-call` writes. It holds what the caller said.',
  request: { params: idParam },
  responses: {
    200: { description: 'A file of scenarios.', content: { 'application/yaml': { schema: scenarioFile } } },
    ...notFound,
  },
});

export function callScenarioRoutes({ calls, scenarioOf }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>().openapi(scenarioRoute, async (c) => {
    const call = await getCall(calls, { ...c.req.valid('param'), tenantId: c.get('key').tenantId });
    const [turns, events] = await Promise.all([calls.listTurns(call.id), calls.listEvents(call.id)]);
    c.header('Content-Disposition', `attachment; filename="${call.id}.yaml"`);
    return c.body(scenarioOf({ call, turns, events }), 200, { 'Content-Type': 'application/yaml; charset=utf-8' });
  });
}
