import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { callStates } from '../../../calls/call-state.ts';
import { controlCall } from '../../../calls/control/control-call.ts';
import { transferModes } from '../../../calls/control/transfer-mode.ts';
import type { ControlMessage } from '../../../calls/ports.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { apiRoute, bodyProblems, conflict, idParam, json, jsonBody, notFound, strict } from '../../route.ts';

const sent = {
  202: json(
    z.object({ call_id: z.string(), status: z.enum(callStates) }).openapi('CommandSent'),
    'Sent to the session that runs the call; its events report the outcome.',
  ),
  ...notFound,
  ...conflict,
};

const hangUpRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/calls/{id}/hang-up',
  summary: 'Hang up',
  request: { params: idParam },
  responses: sent,
});

const sayRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/calls/{id}/say',
  summary: 'Let the agent say something',
  request: {
    params: idParam,
    body: jsonBody(
      strict({
        text: z.string().trim().min(1).max(2000),
        interrupt: z.boolean().default(false).describe('Whether it stops what it is saying.'),
      }).openapi('Say'),
    ),
  },
  responses: { ...sent, ...bodyProblems },
});

const dtmfRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/calls/{id}/dtmf',
  summary: 'Press keys',
  request: {
    params: idParam,
    body: jsonBody(
      strict({
        digits: z
          .string()
          .max(64)
          .regex(/^[0-9A-D*#w]+$/, 'Send 0-9, A-D, * and #; w waits half a second'),
      }).openapi('Dtmf'),
    ),
  },
  responses: { ...sent, ...bodyProblems },
});

const transferRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/calls/{id}/transfer',
  summary: 'Hand the call to another number',
  request: {
    params: idParam,
    body: jsonBody(
      strict({
        to: z.string().regex(/^\+[1-9]\d{6,14}$/, 'Send a number in E.164, such as +15551234567'),
        mode: z
          .enum(transferModes)
          .default('blind')
          .describe('Hand the line over at once, or call and brief somebody first.'),
        briefing: z.string().trim().min(1).max(2000).optional().describe('For `warm`: told to whoever takes the call.'),
      }).openapi('Transfer'),
    ),
  },
  responses: { ...sent, ...bodyProblems },
});

export function callControlRoutes(deps: HttpDependencies) {
  async function send(c: Context<ApiEnv>, id: string, message: ControlMessage) {
    const call = await controlCall({ id, tenantId: c.get('key').tenantId, message }, deps);
    return { call_id: call.id, status: call.state };
  }
  return new OpenAPIHono<ApiEnv>()
    .openapi(hangUpRoute, async (c) =>
      c.json(await send(c, c.req.valid('param').id, { type: 'hang_up', by: 'operator' }), 202),
    )
    .openapi(sayRoute, async (c) =>
      c.json(await send(c, c.req.valid('param').id, { type: 'say', ...c.req.valid('json') }), 202),
    )
    .openapi(dtmfRoute, async (c) =>
      c.json(await send(c, c.req.valid('param').id, { type: 'dtmf', ...c.req.valid('json') }), 202),
    )
    .openapi(transferRoute, async (c) =>
      c.json(await send(c, c.req.valid('param').id, { type: 'transfer', ...c.req.valid('json') }), 202),
    );
}
