import { type WebhookEvent, WebhookReceiver } from 'livekit-server-sdk';
import { CallError } from '../calls/errors.ts';
import type { LivekitConnection } from './connection.ts';

/**
 * Verifies what livekit-server posts: `Authorization` holds a JWT (without `Bearer`) whose `sha256` claim covers the raw body.
 * Repetitions have the same `event.id`, and order is not kept.
 */
export function livekitWebhookReceiver(connection: Pick<LivekitConnection, 'apiKey' | 'apiSecret'>): {
  /** @throws CallError `invalid_request` when the signature is missing, wrong, expired or of another body */
  receive: (request: { rawBody: string; authorization: string | undefined }) => Promise<WebhookEvent>;
} {
  const receiver = new WebhookReceiver(connection.apiKey, connection.apiSecret);
  return {
    async receive({ rawBody, authorization }) {
      try {
        return await receiver.receive(rawBody, authorization);
      } catch (error) {
        throw new CallError(
          'invalid_request',
          'The signature is not of our LiveKit. Set `webhook.api_key` in livekit.yaml to LIVEKIT_API_KEY.',
          { field: 'Authorization', cause: error },
        );
      }
    },
  };
}
