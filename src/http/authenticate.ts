import { timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { hashKey } from '../calls/keys/create-key.ts';
import type { KeyStore } from '../calls/ports.ts';
import type { ApiEnv } from './dependencies.ts';
import { HttpError } from './problem.ts';

/** Finds the key of the request by its hash and leaves it, with its tenant and scopes, for the handlers. */
export function authenticate(keys: KeyStore): MiddlewareHandler<ApiEnv> {
  return async function authenticate(c, next) {
    const given = keyOf(c);
    if (!given) throw unauthenticated('Send an API key in the header `X-API-Key` or `Authorization: Bearer …`.');
    const hash = hashKey(given);
    const key = await keys.findKeyByHash(hash);
    if (!key || !timingSafeEqual(Buffer.from(key.hash), Buffer.from(hash)))
      throw unauthenticated('The API key is not known. Check that it was copied whole, or make a new one.');
    if (key.revokedAt) throw new HttpError('key_revoked', 'The API key was revoked. Use another one.', challenge);
    if (key.expiresAt && key.expiresAt <= new Date())
      throw new HttpError(
        'key_expired',
        `The API key expired at ${key.expiresAt.toISOString()}. Use another one.`,
        challenge,
      );
    if (key.browser && !key.browser.origins.includes(c.req.header('origin') ?? ''))
      throw new HttpError('origin_not_allowed', 'This key is for the pages of its `origins` alone.');
    c.set('key', key);
    await next();
  };
}

const challenge = { headers: { 'WWW-Authenticate': 'Bearer realm="parley"' } };

function unauthenticated(message: string): HttpError {
  return new HttpError('unauthenticated', message, challenge);
}

function keyOf(c: Context): string | undefined {
  return c.req.header('x-api-key')?.trim() || /^Bearer +(\S+)\s*$/i.exec(c.req.header('authorization') ?? '')?.[1];
}
