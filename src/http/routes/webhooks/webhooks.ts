import { OpenAPIHono, z } from '@hono/zod-openapi';
import { getAgent } from '../../../calls/agents/get-agent.ts';
import { CallError } from '../../../calls/errors.ts';
import type { WebhookEndpoint } from '../../../calls/webhooks/webhook-ports.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { webAddress, webhookEventTypes } from '../../shapes/dispatch-fields.ts';
import { apiRoute, bodyProblems, idParam, json, jsonBody, notFound, strict } from '../../route.ts';

const daySeconds = 86_400;

const webhookSchema = z
  .object({
    webhook_id: z.string().openapi({ example: 'webhook_01JTAVN8M3Q4Z6T0Y7W2K5X9BC' }),
    url: z.string(),
    events: z.array(z.string()),
    agent: z.string().nullable().describe('Only calls of this agent; null: of all.'),
    created_at: z.iso.datetime(),
    disabled_at: z.iso.datetime().nullable().describe('Nothing is sent since then.'),
    disabled_reason: z.string().nullable(),
  })
  .openapi('Webhook');

const secret = z
  .string()
  .describe('Standard Webhooks secret; told here, and never again.')
  .openapi({ example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
const withSecret = webhookSchema.extend({ secret }).openapi('NewWebhook');
const events = z.array(z.enum(webhookEventTypes)).min(1).describe('What is sent; nothing else is.');

const agentName = z.string().min(1).max(100).describe('Only calls of this agent.');

const createRoute = apiRoute('admin', {
  method: 'post',
  path: '/api/webhooks',
  summary: 'Have the events of all calls sent to an address',
  description: 'Signed as Standard Webhooks 1.0.0 says. The address must be on the open internet.',
  request: {
    body: jsonBody(
      strict({
        url: webAddress,
        events: events.default(webhookEventTypes),
        agent: agentName.optional(),
      }).openapi('CreateWebhook'),
    ),
  },
  responses: { 201: json(withSecret, 'The webhook, with its secret.'), ...notFound, ...bodyProblems },
});

const listRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/webhooks',
  summary: 'The webhooks of this tenant',
  responses: { 200: json(z.object({ webhooks: z.array(webhookSchema) }).openapi('Webhooks'), 'Oldest first.') },
});

const callSecretRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/webhooks/call-secret',
  summary: 'The secret that signs the webhooks that single calls name',
  responses: { 200: json(z.object({ secret: z.string() }).openapi('CallWebhookSecret'), 'The secret.') },
});

const getRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/webhooks/{id}',
  summary: 'One webhook',
  request: { params: idParam },
  responses: { 200: json(webhookSchema, 'The webhook.'), ...notFound },
});

const updateRoute = apiRoute('admin', {
  method: 'patch',
  path: '/api/webhooks/{id}',
  summary: 'Change a webhook, or enable it again',
  description: 'Fields that are left out keep their value.',
  request: {
    params: idParam,
    body: jsonBody(
      strict({
        url: webAddress.optional(),
        events: events.optional(),
        agent: agentName.nullable().optional(),
        enabled: z.boolean().optional().describe('False: what is still to be sent is given up.'),
      }).openapi('UpdateWebhook'),
    ),
  },
  responses: { 200: json(webhookSchema, 'The webhook as it is now.'), ...notFound, ...bodyProblems },
});

const deleteRoute = apiRoute('admin', {
  method: 'delete',
  path: '/api/webhooks/{id}',
  summary: 'Delete a webhook with its deliveries',
  request: { params: idParam },
  responses: { 204: { description: 'Nothing is sent to it from now on.' }, ...notFound },
});

const rotateRoute = apiRoute('admin', {
  method: 'post',
  path: '/api/webhooks/{id}/rotate-secret',
  summary: 'Replace the secret of a webhook',
  request: {
    params: idParam,
    body: jsonBody(
      strict({
        overlap_seconds: z
          .number()
          .int()
          .min(0)
          .max(7 * daySeconds)
          .default(daySeconds)
          .describe('How long the old secret signs too, so that receivers can change over.'),
      }).openapi('RotateWebhookSecret'),
    ),
  },
  responses: { 200: json(withSecret, 'The webhook, with its new secret.'), ...notFound, ...bodyProblems },
});

export function webhookRoutes({ webhooks, agents, checkWebhookUrl }: HttpDependencies) {
  const check = (url: string) => checkWebhookUrl({ url, field: 'url', resolve: true });
  return new OpenAPIHono<ApiEnv>()
    .openapi(createRoute, async (c) => {
      const { url, events: wanted, agent = null } = c.req.valid('json');
      if (agent !== null) getAgent(agents, agent);
      await check(url);
      const made = await webhooks.insertEndpoint({
        tenantId: c.get('key').tenantId,
        url,
        events: [...new Set(wanted)],
        agent,
      });
      c.set('auditTarget', made.id);
      return c.json(secretJson(made), 201);
    })
    .openapi(listRoute, async (c) => {
      const list = await webhooks.listEndpoints(c.get('key').tenantId);
      return c.json({ webhooks: list.map(webhookJson) }, 200);
    })
    .openapi(callSecretRoute, async (c) => c.json({ secret: await webhooks.callSecret(c.get('key').tenantId) }, 200))
    .openapi(getRoute, async (c) => {
      const found = await webhooks.findEndpoint(c.req.valid('param').id, c.get('key').tenantId);
      return c.json(webhookJson(present(found)), 200);
    })
    .openapi(updateRoute, async (c) => {
      const { id } = c.req.valid('param');
      const { tenantId } = c.get('key');
      const { url, events: wanted, agent, enabled } = c.req.valid('json');
      if (agent) getAgent(agents, agent);
      present(await webhooks.findEndpoint(id, tenantId));
      if (url !== undefined) await check(url);
      const change = {
        ...(url !== undefined && { url }),
        ...(wanted !== undefined && { events: [...new Set(wanted)] }),
        ...(agent !== undefined && { agent }),
        ...(enabled !== undefined && { enabled }),
      };
      const changed = present(await webhooks.updateEndpoint(id, tenantId, change));
      if (enabled === false && changed.disabledReason) await webhooks.disableEndpoint(id, changed.disabledReason);
      return c.json(webhookJson(changed), 200);
    })
    .openapi(deleteRoute, async (c) => {
      const gone = await webhooks.deleteEndpoint(c.req.valid('param').id, c.get('key').tenantId);
      if (!gone) throw absent();
      return c.body(null, 204);
    })
    .openapi(rotateRoute, async (c) => {
      const { overlap_seconds: overlap } = c.req.valid('json');
      const rotated = await webhooks.rotateSecret(c.req.valid('param').id, c.get('key').tenantId, overlap);
      return c.json(secretJson(present(rotated)), 200);
    });
}

function absent(): CallError {
  return new CallError('webhook_not_found', 'There is no such webhook. GET /api/webhooks lists them.', { field: 'id' });
}

function present(endpoint: WebhookEndpoint | null): WebhookEndpoint {
  if (!endpoint) throw absent();
  return endpoint;
}

function webhookJson(endpoint: WebhookEndpoint): z.infer<typeof webhookSchema> {
  return {
    webhook_id: endpoint.id,
    url: endpoint.url,
    events: endpoint.events,
    agent: endpoint.agent,
    created_at: endpoint.createdAt.toISOString(),
    disabled_at: endpoint.disabledAt?.toISOString() ?? null,
    disabled_reason: endpoint.disabledReason,
  };
}

function secretJson(endpoint: WebhookEndpoint): z.infer<typeof withSecret> {
  return { ...webhookJson(endpoint), secret: endpoint.secrets[0] ?? '' };
}
