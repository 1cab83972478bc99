import { OpenAPIHono, z } from '@hono/zod-openapi';
import { callStates } from '../../../calls/call-state.ts';
import { controlCall } from '../../../calls/control/control-call.ts';
import { handBackCall, superviseCall } from '../../../calls/supervise/supervise-call.ts';
import { supervisorModes } from '../../../calls/supervise/supervisor.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { originOf } from '../../origin.ts';
import { apiRoute, bodyProblems, conflict, idParam, json, jsonBody, notFound, strict } from '../../route.ts';

const superviseRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/calls/{id}/supervise',
  summary: 'Listen to a running call, or take it over',
  description:
    'Answers a token for the room of the call. Who listens is seen and heard by nobody. Who takes over is heard by the caller from the moment their microphone is published; the agent is silent until they leave the room, are lost, or POST /api/calls/{id}/hand-back is sent. The token is good for joining within five minutes.',
  request: {
    params: idParam,
    body: jsonBody(strict({ mode: z.enum(supervisorModes).default('listen') }).openapi('Supervise')),
  },
  responses: {
    201: json(
      z
        .object({
          call_id: z.string(),
          mode: z.enum(supervisorModes),
          supervisor: z.string().describe('The name under which they join; events say it.'),
          room: z.string(),
          livekit_url: z.string().describe('Where to connect with the token.'),
          token: z.string(),
        })
        .openapi('Supervision'),
      'The door is open.',
    ),
    ...notFound,
    ...conflict,
    ...bodyProblems,
  },
});

const sent = {
  202: json(
    z.object({ call_id: z.string(), status: z.enum(callStates) }).openapi('SupervisionSent'),
    'Sent to the session that runs the call; its events report the outcome.',
  ),
  ...notFound,
  ...conflict,
};

const whisperRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/calls/{id}/whisper',
  summary: 'Tell the agent something that the caller does not hear',
  request: {
    params: idParam,
    body: jsonBody(
      strict({
        text: z.string().trim().min(1).max(2000),
        speak: z.boolean().default(false).describe('Whether it speaks at once, rather than with its next answer.'),
      }).openapi('Whisper'),
    ),
  },
  responses: { ...sent, ...bodyProblems },
});

const handBackRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/calls/{id}/hand-back',
  summary: 'Give a call that was taken over back to its agent',
  request: { params: idParam },
  responses: sent,
});

export function superviseRoutes(deps: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>()
    .openapi(superviseRoute, async (c) => {
      const { tenantId, id: keyId } = c.get('key');
      const request = { id: c.req.valid('param').id, tenantId, keyId, ...c.req.valid('json') };
      const { call, room, identity, token } = await superviseCall(request, deps);
      const answer = {
        call_id: call.id,
        mode: request.mode,
        supervisor: identity,
        room,
        livekit_url: deps.livekitPublicUrl ?? originOf(c, deps.publicUrl).replace(/^http/, 'ws'),
        token,
      };
      return c.json(answer, 201);
    })
    .openapi(whisperRoute, async (c) => {
      const { tenantId } = c.get('key');
      const message = { type: 'whisper' as const, ...c.req.valid('json') };
      const call = await controlCall({ id: c.req.valid('param').id, tenantId, message }, deps);
      return c.json({ call_id: call.id, status: call.state }, 202);
    })
    .openapi(handBackRoute, async (c) => {
      const call = await handBackCall({ id: c.req.valid('param').id, tenantId: c.get('key').tenantId }, deps);
      return c.json({ call_id: call.id, status: call.state }, 202);
    });
}
