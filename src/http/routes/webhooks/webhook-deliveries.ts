import { OpenAPIHono, z } from '@hono/zod-openapi';
import { redeliverWebhook } from '../../../calls/webhooks/redeliver-webhook.ts';
import type { WebhookDelivery } from '../../../calls/webhooks/webhook-ports.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { apiRoute, conflict, idParam, json, notFound, paging, strict } from '../../route.ts';

const statuses = ['pending', 'delivered', 'dead'] as const;

const deliverySchema = z
  .object({
    delivery_id: z.string().describe('Also the `webhook-id` of the request and the `id` in its body.'),
    webhook_id: z.string(),
    call_id: z.string(),
    sequence: z.number().int().describe('Of the event, as GET /api/calls/{id}/events lists it.'),
    status: z.enum(statuses).describe('`dead`: given up after three days, or its webhook was disabled.'),
    attempts: z.number().int(),
    next_attempt_at: z.iso.datetime().nullable().describe('Null: none is planned.'),
    last_status: z.number().int().nullable().describe('HTTP status of the last answer.'),
    last_error: z.string().nullable(),
    created_at: z.iso.datetime(),
    delivered_at: z.iso.datetime().nullable(),
  })
  .openapi('WebhookDelivery');

const listRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/webhooks/deliveries',
  summary: 'What was sent, is to be sent, or was given up',
  request: {
    query: strict({
      ...paging,
      webhook_id: z.string().max(64).optional(),
      call_id: z.string().max(64).optional(),
      status: z.enum(statuses).optional(),
    }),
  },
  responses: {
    200: json(
      z
        .object({ deliveries: z.array(deliverySchema), next_cursor: z.string().nullable() })
        .openapi('WebhookDeliveries'),
      'Newest first.',
    ),
  },
});

const redeliverRoute = apiRoute('admin', {
  method: 'post',
  path: '/api/webhooks/deliveries/{id}/redeliver',
  summary: 'Send an event again',
  description: 'From its first attempt, whatever became of it before; the `webhook-id` stays the same.',
  request: { params: idParam },
  responses: { 202: json(deliverySchema, 'It is sent at once.'), ...notFound, ...conflict },
});

export function webhookDeliveryRoutes({ deliveries, webhooks }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>()
    .openapi(listRoute, async (c) => {
      const { webhook_id: endpointId, call_id: callId, status: state, cursor, limit } = c.req.valid('query');
      const page = await deliveries.listDeliveries({
        tenantId: c.get('key').tenantId,
        limit,
        ...(endpointId !== undefined && { endpointId }),
        ...(callId !== undefined && { callId }),
        ...(state !== undefined && { state }),
        ...(cursor !== undefined && { cursor }),
      });
      return c.json({ deliveries: page.deliveries.map(deliveryJson), next_cursor: page.nextCursor }, 200);
    })
    .openapi(redeliverRoute, async (c) => {
      const which = { id: c.req.valid('param').id, tenantId: c.get('key').tenantId };
      return c.json(deliveryJson(await redeliverWebhook(which, { deliveries, webhooks })), 202);
    });
}

function deliveryJson(delivery: WebhookDelivery): z.infer<typeof deliverySchema> {
  return {
    delivery_id: delivery.id,
    webhook_id: delivery.endpointId,
    call_id: delivery.callId,
    sequence: delivery.sequence,
    status: delivery.state,
    attempts: delivery.attempts,
    next_attempt_at: delivery.state === 'pending' ? delivery.nextAttemptAt.toISOString() : null,
    last_status: delivery.lastStatus,
    last_error: delivery.lastError,
    created_at: delivery.createdAt.toISOString(),
    delivered_at: delivery.deliveredAt?.toISOString() ?? null,
  };
}
