import { OpenAPIHono, z } from '@hono/zod-openapi';
import { callStates } from '../../calls/call-state.ts';
import { startWebCall } from '../../calls/place/start-web-call.ts';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';
import { originOf } from '../origin.ts';
import { callLimits, metadata, pipelineChoice, playbook, variables } from '../request-fields.ts';
import { apiRoute, bodyProblems, json, jsonBody, notFound, strict } from '../route.ts';
import { traceparentOf } from '../traceparent.ts';

const startRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/web-calls',
  summary: 'Start a browser call',
  description: 'Opens a room with an agent and gives the browser a token to join it within 60 seconds.',
  request: {
    body: jsonBody(
      strict({
        agent: z.string().min(1).max(100).openapi({ example: 'receptionist' }),
        pipeline: pipelineChoice.optional(),
        variables: variables.default({}),
        metadata: metadata.default({}),
        playbook: playbook.optional(),
        limits: callLimits.default({}),
      }).openapi('StartWebCall'),
    ),
  },
  responses: {
    201: json(
      z
        .object({
          call_id: z.string(),
          status: z.enum(callStates),
          status_url: z.string(),
          room: z.string(),
          livekit_url: z.string().describe('Where the browser connects with the token.'),
          token: z.string(),
        })
        .openapi('WebCall'),
      'The room is open.',
    ),
    ...notFound,
    ...bodyProblems,
  },
});

export function webCallRoutes(deps: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>().openapi(startRoute, async (c) => {
    const { limits, ...body } = c.req.valid('json');
    const { tenantId } = c.get('key');
    const { call, token } = await startWebCall({ ...body, tenantId, limits, traceparent: traceparentOf(c) }, deps);
    c.set('auditTarget', call.id);
    const origin = originOf(c, deps.publicUrl);
    const answer = {
      call_id: call.id,
      status: call.state,
      status_url: `${origin}/api/calls/${call.id}`,
      room: call.id,
      livekit_url: deps.livekitPublicUrl ?? origin.replace(/^http/, 'ws'),
      token,
    };
    return c.json(answer, 201);
  });
}
