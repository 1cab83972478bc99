import { CallError } from '../errors.ts';
import type { DeliveryStore, WebhookDelivery, WebhookStore } from './webhook-ports.ts';

/**
 * Sends an event once more, from its first attempt.
 * @throws CallError `delivery_not_found`, `webhook_disabled`
 */
export async function redeliverWebhook(
  which: { id: string; tenantId: string },
  stores: {
    deliveries: Pick<DeliveryStore, 'findDelivery' | 'redeliver'>;
    webhooks: Pick<WebhookStore, 'findEndpoint'>;
  },
): Promise<WebhookDelivery> {
  const { id, tenantId } = which;
  const found = await stores.deliveries.findDelivery(id, tenantId);
  const endpoint = found && (await stores.webhooks.findEndpoint(found.endpointId, tenantId));
  if (endpoint?.disabledAt)
    throw new CallError(
      'webhook_disabled',
      `The webhook ${endpoint.id} is disabled. Enable it with PATCH /api/webhooks/${endpoint.id} {"enabled": true} first.`,
      { field: 'id' },
    );
  const opened = found && (await stores.deliveries.redeliver(id, tenantId));
  if (opened) return opened;
  throw new CallError('delivery_not_found', 'There is no such delivery. GET /api/webhooks/deliveries lists them.', {
    field: 'id',
  });
}
