import { OpenAPIHono, z } from '@hono/zod-openapi';
import { deleteCall } from '../../../calls/control/delete-call.ts';
import { reportParts } from '../../../calls/end/final-report.ts';
import { requestAnalysis } from '../../../calls/result/request-analysis.ts';
import { getCall } from '../../../calls/get-call.ts';
import { turnJson } from '../../../calls/end/turn-json.ts';
import { callDetailJson, callDetailSchema, callJson, callSchema, turnSchema } from '../../shapes/call-json.ts';
import { callFilters, callQuery, statusFilter } from '../../shapes/call-query.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { originOf } from '../../origin.ts';
import { apiRoute, conflict, idParam, json, notFound, paging, strict } from '../../route.ts';

const metadataFilter = z
  .string()
  .max(2000)
  .transform((text, context) => {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    } catch {
      // Told below.
    }
    context.addIssue({ code: 'custom', message: 'Send a JSON object, such as {"order":4711}' });
    return z.NEVER;
  });

const listRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/calls',
  summary: 'List calls, newest first',
  request: {
    query: strict({
      status: statusFilter,
      ...callFilters,
      phone_number: callFilters.phone_number.describe('E.164; write the + as %2B.'),
      metadata: metadataFilter.optional().openapi({
        type: 'string',
        example: '{"order":4711}',
        description: 'JSON object, URL-encoded: calls whose metadata has all of it.',
      }),
      ...paging,
    }),
  },
  responses: {
    200: json(z.object({ calls: z.array(callSchema), next_cursor: z.string().nullable() }).openapi('Calls'), 'A page.'),
  },
});

const getRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/calls/{id}',
  summary: 'One call with its transcript, costs, latencies and report',
  request: { params: idParam },
  responses: { 200: json(callDetailSchema, 'The call.'), ...notFound },
});

const transcriptRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/calls/{id}/transcript',
  summary: 'What was said, as JSON or, by `Accept: text/plain`, as text',
  request: { params: idParam },
  responses: {
    200: {
      description: 'Both sides, in order.',
      content: {
        'application/json': {
          schema: z.object({ call_id: z.string(), turns: z.array(turnSchema) }).openapi('Transcript'),
        },
        'text/plain': { schema: z.string().openapi({ example: 'agent: Hello.\ncaller: Hi.' }) },
      },
    },
    ...notFound,
  },
});

const analyzeRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/calls/{id}/analyze',
  summary: "Find out the call's result again, by the agent file as it is now",
  request: { params: idParam },
  responses: {
    202: json(
      z.object({ call_id: z.string(), status: z.literal('queued') }).openapi('AnalysisQueued'),
      'It is being extracted; `call.analyzed` brings it, and it is in the call.',
    ),
    ...notFound,
    ...conflict,
  },
});

const deletion = <Done extends string>(done: Done) => z.object({ call_id: z.string(), done: z.literal(done) });

const deleteRoute = apiRoute('calls:write', {
  method: 'delete',
  path: '/api/calls/{id}',
  summary: 'Cancel a call before its answer, or erase its personal data after its end',
  request: { params: idParam },
  responses: {
    200: json(z.union([deletion('canceled'), deletion('erased')]), 'Done.'),
    202: json(deletion('canceling'), 'The phone is ringing; the session that rings it was told to stop.'),
    ...notFound,
    ...conflict,
  },
});

export function callRoutes(deps: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>()
    .openapi(listRoute, async (c) => {
      const { tenantId } = c.get('key');
      const { calls, nextCursor } = await deps.calls.listCalls(callQuery(c.req.valid('query'), tenantId));
      const origin = originOf(c, deps.publicUrl);
      return c.json({ calls: calls.map((call) => callJson(call, origin)), next_cursor: nextCursor }, 200);
    })
    .openapi(getRoute, async (c) => {
      const call = await getCall(deps.calls, { ...c.req.valid('param'), tenantId: c.get('key').tenantId });
      const parts = await reportParts(call.id, deps);
      return c.json(callDetailJson(call, parts, originOf(c, deps.publicUrl)), 200);
    })
    .openapi(transcriptRoute, async (c) => {
      const call = await getCall(deps.calls, { ...c.req.valid('param'), tenantId: c.get('key').tenantId });
      const turns = await deps.calls.listTurns(call.id);
      if (c.req.header('accept')?.startsWith('text/plain'))
        return c.text(turns.map(({ role, text }) => `${role}: ${text}\n`).join(''), 200);
      return c.json({ call_id: call.id, turns: turns.map(turnJson) }, 200);
    })
    .openapi(analyzeRoute, async (c) => {
      const { callId } = await requestAnalysis({ ...c.req.valid('param'), tenantId: c.get('key').tenantId }, deps);
      return c.json({ call_id: callId, status: 'queued' as const }, 202);
    })
    .openapi(deleteRoute, async (c) => {
      const { done, call } = await deleteCall({ ...c.req.valid('param'), tenantId: c.get('key').tenantId }, deps);
      if (done === 'canceling') return c.json({ call_id: call.id, done }, 202);
      return c.json({ call_id: call.id, done }, 200);
    });
}
