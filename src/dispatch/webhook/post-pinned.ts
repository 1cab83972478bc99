import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pinnedLookup } from '../../calls/webhooks/pinned-lookup.ts';
import type { WebhookTarget } from '../../calls/webhooks/webhook-target.ts';

/** What a receiver said. Its body is neither read nor kept. */
export type Answer = { status: number; retryAfter: string | undefined };

/**
 * Posts to one of the target's addresses, over a connection of its own. The name is not resolved again, so nobody can let it
 * lead elsewhere after the check; TLS still checks the certificate against the name. Redirects are not followed.
 * @throws what the connection says, and the signal's reason
 */
export function postPinned(
  { url, addresses }: WebhookTarget,
  message: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<Answer> {
  const { headers, body, signal } = message;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
    lookup: pinnedLookup(addresses),
    // The shared agent would keep connections, and with them the address of an earlier check.
    agent: false,
    signal,
  });
  request.once('response', (response) => {
    resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
    response.destroy();
  });
  // Stays for what comes after the answer, such as the receiver's reset of the connection we cut.
  request.on('error', reject);
  request.end(body);
  return promise;
}
