import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiKey } from '../../../calls/ports.ts';
import { getCall } from '../../../calls/get-call.ts';
import { eventJson, eventSchema } from '../../shapes/call-json.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { eventStream } from '../../event-stream.ts';
import { apiRoute, idParam, json, notFound, strict } from '../../route.ts';

const sequence = z.coerce.number().int().min(0).max(2_147_483_647).openapi({ type: 'integer' });

const eventsRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/calls/{id}/events',
  summary: 'The events of a call so far, or, by `Accept: text/event-stream`, as they come',
  description:
    'The stream sends a comment every 15 s, resumes after `Last-Event-ID` and ends after call.ended, or when the key is revoked; then 204 makes an EventSource stop.',
  request: {
    params: idParam,
    query: strict({ after: sequence.optional().describe('Only events with a higher sequence.') }),
    headers: z.object({ 'last-event-id': sequence.optional() }),
  },
  responses: {
    200: {
      description: 'Ordered by sequence.',
      content: {
        ...json(z.object({ events: z.array(eventSchema) }).openapi('CallEvents'), '').content,
        'text/event-stream': { schema: z.string() },
      },
    },
    204: { description: 'A stream was asked for, the call has ended and there is nothing left to send.' },
    ...notFound,
  },
});

export function callEventRoutes(deps: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>().openapi(eventsRoute, async (c) => {
    const { id: callId, state } = await getCall(deps.calls, {
      ...c.req.valid('param'),
      tenantId: c.get('key').tenantId,
    });
    const afterSequence = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after ?? 0;
    const { hash } = c.get('key');
    const mayRead = async () => isValid(await deps.keys.findKeyByHash(hash));
    const wantsStream = c.req.header('accept')?.includes('text/event-stream') ?? false;
    if (wantsStream && state !== 'ended') return eventStream(c, { callId, afterSequence, ended: false, mayRead }, deps);
    const events = await deps.calls.listEvents(callId, afterSequence);
    if (!wantsStream) return c.json({ events: events.map(eventJson) }, 200);
    return events.length === 0
      ? c.body(null, 204)
      : eventStream(c, { callId, afterSequence, ended: true, mayRead }, deps);
  });
}

function isValid(key: ApiKey | null): boolean {
  return key !== null && !key.revokedAt && !(key.expiresAt && key.expiresAt <= new Date());
}
