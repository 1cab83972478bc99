import { OpenAPIHono, z } from '@hono/zod-openapi';
import { planCall } from '../../../calls/place/place-call.ts';
import { placeOnce } from '../../../calls/place/place-once.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { dispatchFields, idempotencyKey } from '../../shapes/dispatch-fields.ts';
import { accepted, acceptedSchema, preview, previewSchema, requestOf } from '../../shapes/dispatch-json.ts';
import { checkScope } from '../../door/require-scope.ts';
import { requestHash } from '../../request-hash.ts';
import { originOf } from '../../origin.ts';
import { apiRoute, bodyProblems, conflict, json, jsonBody, notFound } from '../../route.ts';
import { traceparentOf } from '../../traceparent.ts';

const dispatchRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/dispatch',
  summary: 'Place a call',
  description:
    'The call is in the database when this answers, and reaches exactly one end. With `Idempotency-Key` a repetition of the same request gets the same answer and places no second call, for 24 hours.',
  request: {
    headers: z.object({
      'idempotency-key': idempotencyKey.optional(),
      traceparent: z.string().optional().describe('W3C trace context; the trace of the call goes on in it.'),
    }),
    body: jsonBody(dispatchFields),
  },
  responses: {
    200: json(previewSchema, 'What a `dry_run` would have done.'),
    202: {
      ...json(acceptedSchema, 'Accepted. `status_url` shows its progress.'),
      headers: z.object({
        'Idempotent-Replayed': z.string().optional().describe('`true` when this is the answer of an earlier request.'),
      }),
    },
    ...notFound,
    ...conflict,
    ...bodyProblems,
  },
});

export function dispatchRoutes(deps: HttpDependencies) {
  // A call does not wait for the name service: what a name leads to is judged when something is sent there.
  const checkAddress = (field: string, url: string) => deps.checkWebhookUrl({ field, url, resolve: false });
  return new OpenAPIHono<ApiEnv>().openapi(dispatchRoute, async (c) => {
    const body = c.req.valid('json');
    const { tenantId, id: keyId } = c.get('key');
    // Whoever overwrites a person's data needs the right to.
    if (typeof body.lead === 'object') checkScope(c.get('key'), 'leads:write');
    if (body.webhook) await checkAddress('webhook.url', body.webhook.url);
    if (body.resume_url) await checkAddress('resume_url', body.resume_url);
    const request = requestOf(body, { tenantId, traceparent: traceparentOf(c) });
    if (body.dry_run) return c.json(preview(await planCall(request, deps)), 200);
    const origin = originOf(c, deps.publicUrl);
    const key = c.req.valid('header')['idempotency-key'];
    const { response, callId, replayed } = await placeOnce(
      {
        request,
        ...(key !== undefined && {
          once: {
            id: `${keyId}:${key}`,
            requestHash: requestHash(c.req, await c.req.text()),
            field: 'Idempotency-Key',
            conflict: 'This Idempotency-Key was used for another request. Send a new key with a new request.',
          },
        }),
        audit: { ...c.get('audit')!, status: 202 },
        answer: (id, planned) => ({ status: 202, body: accepted(id, planned, origin) }),
      },
      deps,
    );
    if (callId) c.set('audit', undefined);
    if (replayed) c.header('Idempotent-Replayed', 'true');
    return c.json(response.body as z.infer<typeof acceptedSchema>, 202);
  });
}
