import type { CallEvent } from '../../calls/call.ts';
import { eventData } from '../../calls/webhooks/event-data.ts';
import { signedHeaders } from '../../calls/webhooks/sign-message.ts';
import type { WebhookDelivery, WebhookEndpoint } from '../../calls/webhooks/webhook-ports.ts';

/**
 * The request of one delivery. Signed as Standard Webhooks 1.0.0 says: `webhook-id` is the same in every repetition, the
 * timestamp is that of the attempt, and after a rotation both secrets sign. A workflow's wait step gets the bare report:
 * it has no secret to check a signature with, its URL is the secret.
 */
export function webhookMessage(sent: {
  delivery: WebhookDelivery;
  endpoint: WebhookEndpoint;
  event: CallEvent;
  /** What is told of the call: with `call.ended` the final report. */
  about: Record<string, unknown>;
}): { headers: Record<string, string>; body: string } {
  const { delivery, endpoint, event, about } = sent;
  const data = { ...eventData(event), ...about };
  const common = { 'Content-Type': 'application/json', 'User-Agent': 'Parley', 'webhook-id': delivery.id };
  if (endpoint.kind === 'resume') return { headers: common, body: JSON.stringify(data) };
  const body = JSON.stringify({
    id: delivery.id,
    type: event.type,
    call_id: event.callId,
    sequence: event.sequence,
    created_at: event.at.toISOString(),
    data,
  });
  return { headers: { ...common, ...signedHeaders({ id: delivery.id, body, secrets: endpoint.secrets }) }, body };
}
