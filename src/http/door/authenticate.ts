import { timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { hashKey } from '../../calls/keys/create-key.ts';
import type { KeyStore } from '../../calls/ports.ts';
import type { ApiEnv } from '../dependencies.ts';
import type { KeylessLimit } from './keyless-limit.ts';
import { HttpError } from '../problem.ts';
import { isEnded, type Sessions, sessionOf, setSession } from './sessions.ts';

/** A key that was good a moment ago is looked up also from an address that sends bad ones. */
const knownMs = 10 * 60_000;
const mostKnown = 10_000;

/**
 * Finds the key of the request by its hash and leaves it, with its tenant and scopes, for the handlers. Nothing of the body is
 * read before. With `sessions`, whoever sends no key may have signed in to the console instead.
 */
export function authenticate(
  keys: KeyStore,
  { keyless, sessions }: { keyless: KeylessLimit; sessions?: Sessions },
): MiddlewareHandler<ApiEnv> {
  const known = new Map<string, number>();
  const isKnown = (hash: string) => (known.get(hash) ?? -Infinity) > performance.now() - knownMs;

  async function find(c: Context<ApiEnv>) {
    const given = keyOf(c);
    const session = given === undefined && sessions ? sessionOf(c, sessions) : null;
    const hash = given === undefined ? session?.keyHash : hashKey(given);
    if (!hash || !isKnown(hash)) await keyless.check(c);
    if (!hash) throw unauthenticated('Send an API key in the header `X-API-Key` or `Authorization: Bearer …`.');
    const key = await keys.findKeyByHash(hash);
    if (!key || !timingSafeEqual(Buffer.from(key.hash), Buffer.from(hash)))
      throw unauthenticated('The API key is not known. Check that it was copied whole, or make a new one.');
    if (session && isEnded(session, key)) throw unauthenticated('The session is over. Sign in again.');
    if (key.revokedAt) throw new HttpError('key_revoked', 'The API key was revoked. Use another one.', challenge);
    if (key.expiresAt && key.expiresAt <= new Date())
      throw new HttpError(
        'key_expired',
        `The API key expired at ${key.expiresAt.toISOString()}. Use another one.`,
        challenge,
      );
    if (key.browser && !key.browser.origins.includes(c.req.header('origin') ?? ''))
      throw new HttpError('origin_not_allowed', 'This key is for the pages of its `origins` alone.');
    if (known.size >= mostKnown) known.clear();
    known.set(hash, performance.now());
    return { key, session };
  }

  return async function authenticate(c, next) {
    let session: Awaited<ReturnType<typeof find>>['session'];
    try {
      const found = await find(c);
      c.set('key', found.key);
      ({ session } = found);
    } catch (error) {
      if (error instanceof HttpError && error.code !== 'rate_limited') await keyless.count(c);
      throw error;
    }
    await next();
    const renewed = session && sessions?.renewed(session);
    if (renewed) setSession(c, renewed);
    // What a cookie opens differs by the cookie: nothing between keeps it for the next person.
    if (sessions && keyOf(c) === undefined && !c.res.headers.has('Cache-Control'))
      c.header('Cache-Control', 'no-store');
  };
}

/** What a request without a good key still sends is not read: its connection ends with the answer. */
const challenge = { headers: { 'WWW-Authenticate': 'Bearer realm="parley"', Connection: 'close' } };

function unauthenticated(message: string): HttpError {
  return new HttpError('unauthenticated', message, challenge);
}

function keyOf(c: Context): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('authorization')?.trim() ?? '')?.[1];
  return c.req.header('x-api-key')?.trim() || bearer;
}
