import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/** A day's work: who comes back the next day signs in again. */
const sessionSeconds = 12 * 3600;

/**
 * What proves in a cookie which key somebody signed in with: its hash and the end, sealed with HMAC-SHA-256 under a key that is derived
 * (HKDF, RFC 5869) from a secret that all replicas share. The key itself is not in it, and the row of the key is read with every request,
 * so a session is worth nothing once its key is revoked.
 */
export type Sessions = {
  issue(keyHash: string, now?: Date): { token: string; expiresAt: Date };
  /** Null for what is forged, damaged or over. */
  read(token: string, now?: Date): { keyHash: string; expiresAt: Date } | null;
};

export function sessions(secret: string): Sessions {
  const sealKey = Buffer.from(hkdfSync('sha256', secret, '', 'parley console session', 32));
  const seal = (text: string) => createHmac('sha256', sealKey).update(text).digest();
  return {
    issue(keyHash, now = new Date()) {
      const expiresAt = new Date((Math.floor(now.getTime() / 1000) + sessionSeconds) * 1000);
      const text = `${keyHash}.${expiresAt.getTime() / 1000}`;
      return { token: `${text}.${seal(text).toString('base64url')}`, expiresAt };
    },
    read(token, now = new Date()) {
      const [, text, keyHash, seconds, sealed] = /^(([0-9a-f]{64})\.(\d{1,12}))\.([\w-]{43})$/.exec(token) ?? [];
      if (text === undefined || !keyHash || !sealed) return null;
      if (!timingSafeEqual(seal(text), Buffer.from(sealed, 'base64url'))) return null;
      const expiresAt = new Date(Number(seconds) * 1000);
      return expiresAt > now ? { keyHash, expiresAt } : null;
    },
  };
}

/** A page of another origin cannot send this header without being let in by CORS, and no answer of ours lets it. */
const proofHeader = 'x-parley-console';

/**
 * The session of a request, if it may be used: not for what another site makes the browser send (`Sec-Fetch-Site`, W3C Fetch Metadata),
 * and for changes only with a header that only this origin can send. Cookies are shared by all ports of a host, which `SameSite` does not
 * tell apart.
 */
export function sessionOf(c: Context, known: Sessions): ReturnType<Sessions['read']> {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return null;
  if (!/^(GET|HEAD)$/.test(c.req.method) && c.req.header(proofHeader) === undefined) return null;
  const token = getCookie(c, cookieOf(c).name);
  return token === undefined ? null : known.read(token);
}

export function setSession(c: Context, { token, expiresAt }: ReturnType<Sessions['issue']>): void {
  const { name, secure } = cookieOf(c);
  setCookie(c, name, token, { path: '/', httpOnly: true, sameSite: 'Strict', secure, expires: expiresAt });
}

export function clearSession(c: Context): void {
  const { name, secure } = cookieOf(c);
  deleteCookie(c, name, { path: '/', httpOnly: true, sameSite: 'Strict', secure });
}

/** With a name per port, since two servers on one machine share the jar; over HTTPS one that no other host can set. */
function cookieOf(c: Context): { name: string; secure: boolean } {
  const url = new URL(c.req.url);
  const secure = url.protocol === 'https:' || c.req.header('x-forwarded-proto')?.split(',')[0]?.trim() === 'https';
  const name = `parley_session${url.port && `_${url.port}`}`;
  return { name: secure ? `__Host-${name}` : name, secure };
}
