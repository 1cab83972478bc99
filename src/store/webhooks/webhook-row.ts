import type { WebhookDelivery, WebhookEndpoint } from '../../calls/webhooks/webhook-ports.ts';
import type { webhookDeliveries, webhookEndpoints } from '../schema/webhooks.ts';

export function toEndpoint(row: typeof webhookEndpoints.$inferSelect): WebhookEndpoint {
  const { secret, previousSecret, previousSecretUntil, ...endpoint } = row;
  const overlaps = previousSecret !== null && previousSecretUntil !== null && previousSecretUntil > new Date();
  return { ...endpoint, secrets: overlaps ? [secret, previousSecret] : [secret] };
}

export function toDelivery(row: typeof webhookDeliveries.$inferSelect): WebhookDelivery {
  const { tenantId: _tenant, lockedUntil: _locked, ...delivery } = row;
  return delivery;
}
