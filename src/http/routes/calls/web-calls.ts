import { OpenAPIHono, z } from '@hono/zod-openapi';
import { callStates } from '../../../calls/call-state.ts';
import { startWebCall } from '../../../calls/place/start-web-call.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { browserBounds } from '../../door/browser-keys.ts';
import { idempotencyKey } from '../../shapes/dispatch-fields.ts';
import { requestHash } from '../../request-hash.ts';
import { originOf } from '../../origin.ts';
import { callLimits, metadata, pipelineChoice, playbook, variables } from '../../shapes/request-fields.ts';
import { apiRoute, bodyProblems, conflict, json, jsonBody, notFound, strict } from '../../route.ts';
import { traceparentOf } from '../../traceparent.ts';

const startRoute = apiRoute('web-calls:write', {
  method: 'post',
  path: '/api/web-calls',
  summary: 'Start a browser call',
  description:
    'Opens a room with an agent and gives the browser a token to join it within 60 seconds. It passes the rules of a phone call: places, spend, agent. With `Idempotency-Key` a repetition gets the same call, and a new token.',
  request: {
    headers: z.object({ 'idempotency-key': idempotencyKey.optional() }),
    body: jsonBody(
      strict({
        agent: z
          .string()
          .min(1)
          .max(100)
          .optional()
          .openapi({ example: 'receptionist' })
          .describe('Needed, unless the key is that of a web page, which has its agent.'),
        pipeline: pipelineChoice.optional(),
        variables: variables.default({}),
        metadata: metadata.default({}),
        playbook: playbook.optional(),
        limits: callLimits.optional(),
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
    ...conflict,
    ...bodyProblems,
  },
});

export function webCallRoutes(deps: HttpDependencies) {
  const bound = browserBounds(deps.rateLimit);
  return new OpenAPIHono<ApiEnv>().openapi(startRoute, async (c) => {
    const { limits = {}, ...body } = c.req.valid('json');
    const key = c.get('key');
    const { tenantId } = key;
    const once = c.req.valid('header')['idempotency-key'];
    const { call, token, replayed } = await startWebCall(
      {
        ...body,
        ...(await bound(key, c.req.valid('json'))),
        tenantId,
        limits,
        traceparent: traceparentOf(c),
        ...(once !== undefined && {
          once: { id: `${key.id}:${once}`, requestHash: requestHash(c.req, await c.req.text()) },
        }),
      },
      deps,
    );
    if (replayed) c.header('Idempotent-Replayed', 'true');
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
