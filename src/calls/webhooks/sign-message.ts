import { Webhook } from 'standardwebhooks';

/** Whether a text is a secret of Standard Webhooks 1.0.0: `whsec_` and 24 to 64 bytes in base64. */
export function isSigningSecret(text: string): boolean {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const { length } = Buffer.from(encoded, 'base64');
  return length >= 24 && length <= 64;
}

/**
 * The headers that sign a body, as Standard Webhooks 1.0.0 says: `id` is the same in every repetition, the timestamp that of
 * the attempt, and each of the secrets signs.
 */
export function signedHeaders(message: {
  id: string;
  body: string;
  secrets: readonly string[];
  now?: Date;
}): Record<string, string> {
  const { id, body, secrets, now = new Date() } = message;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}
