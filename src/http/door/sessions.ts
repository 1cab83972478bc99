import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { ApiKey } from '../../calls/ports.ts';

/** Who does nothing for so long signs in again, and everybody after a day's work: a copied cookie is worth no more. */
const idleMs = 2 * 3600_000;
const longestMs = 12 * 3600_000;
/** A session that is used is given a new end at most this often. */
const renewedEveryMs = 10 * 60_000;

/** `since`: when somebody signed in. `expiresAt`: when it ends unless it is used before. */
export type Session = { keyHash: string; since: Date; expiresAt: Date };

/**
 * What proves in a cookie which key somebody signed in with: its hash, the beginning and the end, sealed with HMAC-SHA-256 under a key that
 * is derived (HKDF, RFC 5869) from a secret that all replicas share. The key itself is not in it, and the row of the key is read with every
 * request, so a session is worth nothing once its key is revoked, or its sessions are ended.
 */
export type Sessions = {
  issue(keyHash: string, times?: { now?: Date; since?: Date }): Session & { token: string };
  /** Null for what is forged, damaged or over. */
  read(token: string, now?: Date): Session | null;
  /** The session with a later end, where it is time for that; else null. */
  renewed(session: Session, now?: Date): (Session & { token: string }) | null;
};

export function sessions(secret: string): Sessions {
  const sealKey = Buffer.from(hkdfSync('sha256', secret, '', 'parley console session', 32));
  const seal = (text: string) => createHmac('sha256', sealKey).update(text).digest();
  const issue: Sessions['issue'] = (keyHash, { now = new Date(), since = now } = {}) => {
    const expiresAt = new Date(Math.min(now.getTime() + idleMs, since.getTime() + longestMs));
    const text = `${keyHash}.${since.getTime()}.${expiresAt.getTime()}`;
    return { keyHash, since, expiresAt, token: `${text}.${seal(text).toString('base64url')}` };
  };
  return {
    issue,
    read(token, now = new Date()) {
      const [, text, keyHash, since, end, sealed] =
        /^(([0-9a-f]{64})\.(\d{1,15})\.(\d{1,15}))\.([\w-]{43})$/.exec(token) ?? [];
      if (text === undefined || !keyHash || !sealed) return null;
      if (!timingSafeEqual(seal(text), Buffer.from(sealed, 'base64url'))) return null;
      const expiresAt = new Date(Number(end));
      return expiresAt > now ? { keyHash, since: new Date(Number(since)), expiresAt } : null;
    },
    renewed({ keyHash, since, expiresAt }, now = new Date()) {
      const next = issue(keyHash, { now, since });
      return next.expiresAt.getTime() - expiresAt.getTime() >= renewedEveryMs ? next : null;
    },
  };
}

/** Whether the sessions of the key were ended after this one began. */
export function isEnded(session: Session, { sessionsFrom }: Pick<ApiKey, 'sessionsFrom'>): boolean {
  return sessionsFrom !== null && sessionsFrom !== undefined && session.since < sessionsFrom;
}

/** A page of another origin cannot send this header without being let in by CORS, and no answer of ours lets it. */
const proofHeader = 'x-parley-console';

/**
 * The session of a request, if it may be used: not for what another site makes the browser send (`Sec-Fetch-Site`, W3C Fetch Metadata),
 * and for changes only with a header that only this origin can send. Cookies are shared by all ports of a host, which `SameSite` does not
 * tell apart.
 */
export function sessionOf(c: Context, known: Sessions): Session | null {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return null;
  if (!/^(GET|HEAD)$/.test(c.req.method) && c.req.header(proofHeader) === undefined) return null;
  const token = getCookie(c, cookieOf(c).name);
  return token === undefined ? null : known.read(token);
}

export function setSession(
  c: Context,
  { token, expiresAt }: Pick<ReturnType<Sessions['issue']>, 'token' | 'expiresAt'>,
): void {
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
