import { Hono } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import { z } from 'zod';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import type { KeylessLimit } from '../../door/keyless-limit.ts';
import { type OpenId, SignInError } from '../../door/open-id.ts';
import { setSession } from '../../door/sessions.ts';
import { originOf } from '../../origin.ts';

const callbackPath = '/session/oidc/callback';
/** How long somebody may take at the issuer. */
const patienceSeconds = 600;

const checksSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });

/**
 * Signing in at an issuer of OpenID Connect. The browser that began keeps what has to come back in a cookie that goes along when the
 * issuer sends it here (`SameSite=Lax`); what it gets is the session of the key that its role names.
 */
export function signInRoutes(
  { keys, sessions, publicUrl, logger }: Pick<HttpDependencies, 'keys' | 'sessions' | 'publicUrl' | 'logger'>,
  { openId, secret, keyless }: { openId: OpenId; secret: string; keyless: KeylessLimit },
) {
  async function signedIn(address: URL, given: string | false | undefined) {
    const checks = checksSchema.safeParse(given && JSON.parse(given));
    if (!checks.success) throw new SignInError('refused', 'This browser began nothing, or too long ago.');
    const { person, keyId } = await openId.finish(address, checks.data);
    const key = await keys.findKey(keyId);
    const isGood = key && !key.revokedAt && !key.browser && !(key.expiresAt && key.expiresAt <= new Date());
    if (!isGood) throw new SignInError('no-role', `The key ${keyId} of the role of ${person} opens no session.`);
    return { person, key };
  }

  return new Hono<ApiEnv>()
    .get('/session/oidc', async (c) => {
      await keyless.check(c);
      await keyless.count(c);
      try {
        const { url, checks } = await openId.begin(`${originOf(c, publicUrl)}${callbackPath}`);
        const { name, secure } = cookieOf(originOf(c, publicUrl));
        await setSignedCookie(c, name, JSON.stringify(checks), secret, {
          path: '/',
          httpOnly: true,
          secure,
          sameSite: 'Lax',
          maxAge: patienceSeconds,
        });
        c.header('Cache-Control', 'no-store');
        return c.redirect(url.href);
      } catch (error) {
        return c.redirect(failed(error));
      }
    })
    .get(callbackPath, async (c) => {
      await keyless.check(c);
      const origin = originOf(c, publicUrl);
      const { name, secure } = cookieOf(origin);
      const given = await getSignedCookie(c, secret, name);
      // Once: what comes back a second time is refused.
      deleteCookie(c, name, { path: '/', httpOnly: true, secure, sameSite: 'Lax' });
      c.header('Cache-Control', 'no-store');
      try {
        const { person, key } = await signedIn(new URL(`${callbackPath}${new URL(c.req.url).search}`, origin), given);
        setSession(c, sessions.issue(key.hash));
        logger.info({ person, keyId: key.id }, 'somebody signed in to the console at the issuer');
        return c.redirect('/');
      } catch (error) {
        await keyless.count(c);
        return c.redirect(failed(error));
      }
    });

  /** The page says it in words; the log says why. */
  function failed(error: unknown): string {
    const { reason } = error instanceof SignInError ? error : new SignInError('refused', 'Unforeseen.');
    logger.warn({ error }, 'somebody could not sign in at the issuer');
    return `/#sign-in=${reason}`;
  }
}

function cookieOf(origin: string): { name: string; secure: boolean } {
  const { protocol, port } = new URL(origin);
  const name = `parley_sign_in${port && `_${port}`}`;
  return protocol === 'https:' ? { name: `__Host-${name}`, secure: true } : { name, secure: false };
}
