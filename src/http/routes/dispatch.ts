import { createHash } from 'node:crypto';
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { CallWebhook } from '../../calls/ports.ts';
import { type CallRequest, planCall, type PlannedCall } from '../../calls/place-call.ts';
import { placeOnce } from '../../calls/place-once.ts';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';
import { dispatchFields, planOf } from '../dispatch-fields.ts';
import { originOf } from '../origin.ts';
import { apiRoute, bodyProblems, conflict, json, jsonBody, notFound } from '../route.ts';
import { traceparentOf } from '../traceparent.ts';

const position = z
  .number()
  .int()
  .optional()
  .describe('Calls of this tenant that go before it, when it has to wait for a free line.');
const status = z.enum(['queued', 'scheduled']);

const acceptedSchema = z
  .object({
    call_id: z.string().openapi({ example: 'call_01JTAVN8M3Q4Z6T0Y7W2K5X9BC' }),
    status,
    status_url: z.string(),
    position,
  })
  .openapi('AcceptedCall');

const previewSchema = z
  .object({
    dry_run: z.literal(true),
    status,
    position,
    to: z.string().describe('As it would be dialled.'),
    from: z.string().nullable(),
    trunk_id: z.string(),
    agent: z.string(),
    pipeline: z.string(),
    not_before: z.iso.datetime().nullable().describe('When it would be dialled; null: now.'),
  })
  .openapi('DispatchPreview');

const dispatchRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/dispatch',
  summary: 'Place a call',
  description:
    'The call is in the database when this answers, and reaches exactly one end. With `Idempotency-Key` a repetition of the same request gets the same answer and places no second call, for 24 hours.',
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .min(1)
        .max(255)
        .regex(/^[\x21-\x7e]+$/, 'Send 1–255 visible ASCII characters')
        .optional()
        .openapi({ example: 'order-4711-reminder' }),
      traceparent: z.string().optional().describe('W3C trace context; the trace of the call goes on in it.'),
    }),
    body: jsonBody(dispatchFields),
  },
  responses: {
    200: json(previewSchema, 'What a `dry_run` would have done.'),
    202: {
      ...json(acceptedSchema, 'Accepted. `status_url` tells how it goes on.'),
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
    if (body.webhook) await checkAddress('webhook.url', body.webhook.url);
    if (body.resume_url) await checkAddress('resume_url', body.resume_url);
    const request = requestOf(body, { tenantId, traceparent: traceparentOf(c) });
    if (body.dry_run) return c.json(preview(await planCall(request, deps)), 200);
    const origin = originOf(c, deps.publicUrl);
    const key = c.req.valid('header')['idempotency-key'];
    const { response, callId, replayed } = await placeOnce(
      {
        request,
        ...(key !== undefined && { once: { id: `${keyId}:${key}`, requestHash: hashOf(c.req, await c.req.text()) } }),
        answer: (id, planned) => ({ status: 202, body: accepted(id, planned, origin) }),
      },
      deps,
    );
    if (callId) c.set('auditTarget', callId);
    if (replayed) c.header('Idempotent-Replayed', 'true');
    return c.json(response.body as z.infer<typeof acceptedSchema>, 202);
  });
}

function requestOf(
  body: z.output<typeof dispatchFields>,
  { tenantId, traceparent }: { tenantId: string; traceparent: string | undefined },
): CallRequest {
  const { webhook, resume_url } = body;
  const webhooks: CallWebhook[] = [
    ...(webhook ? [{ kind: 'events' as const, ...webhook }] : []),
    ...(resume_url ? [{ kind: 'resume' as const, url: resume_url, events: ['call.ended' as const] }] : []),
  ];
  return {
    tenantId,
    to: body.to,
    agent: body.agent,
    from: body.from,
    trunkId: body.trunk_id,
    playbook: body.playbook,
    variables: body.variables,
    pipeline: body.pipeline,
    metadata: body.metadata,
    lead: body.lead,
    notBefore: body.schedule.not_before,
    plan: { ...planOf(body), ...(traceparent && { traceparent }) },
    limits: body.limits,
    webhooks,
  };
}

function accepted(id: string, { call, position }: PlannedCall, origin: string): z.infer<typeof acceptedSchema> {
  return {
    call_id: id,
    status: call.state as 'queued' | 'scheduled',
    status_url: `${origin}/api/calls/${id}`,
    ...(position !== undefined && { position }),
  };
}

function preview({ call, position }: PlannedCall): z.infer<typeof previewSchema> {
  return {
    dry_run: true,
    status: call.state as 'queued' | 'scheduled',
    ...(position !== undefined && { position }),
    to: call.phoneNumber ?? '',
    from: call.fromNumber ?? null,
    trunk_id: call.trunkId ?? '',
    agent: call.agent,
    pipeline: call.pipeline,
    not_before: call.notBefore?.toISOString() ?? null,
  };
}

function hashOf({ method, path }: { method: string; path: string }, body: string): string {
  return createHash('sha256').update(`${method} ${path}\n${body}`).digest('hex');
}
