import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the clock of a request may be from ours, as Standard Webhooks recommends. */
const toleranceSeconds = 5 * 60;

/**
 * Why a request is not to be believed, or undefined when it is genuine: signed with the secret, over the body as it came, and
 * fresh. Standard Webhooks 1.0.0: several signatures stand side by side while a secret is replaced; one that fits is enough.
 */
export function refusalOf(
  request: { headers: Record<string, unknown>; rawBody: Buffer | undefined },
  secret: string,
  nowSeconds: number,
): string | undefined {
  const { headers, rawBody } = request;
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    return 'The request is not signed.';
  if (!rawBody) return 'The request has no body.';
  const age = Math.abs(nowSeconds - Number(timestamp));
  if (!/^\d+$/.test(timestamp) || age > toleranceSeconds)
    return 'The request is too old, or one of the clocks is wrong.';
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  // Without a key every signature could be computed by anybody.
  if (key.length === 0) return 'The secret is not known. Deactivate and activate the workflow.';
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), rawBody]);
  const expected = createHmac('sha256', key).update(signed).digest();
  const fits = signatures.split(' ').some((signature) => {
    if (!signature.startsWith('v1,')) return false;
    const given = Buffer.from(signature.slice(3), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return fits ? undefined : 'The signature does not fit.';
}
