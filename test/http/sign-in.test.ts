import { Hono } from 'hono';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApiKey } from '../../src/calls/ports.ts';
import type { ApiEnv } from '../../src/http/dependencies.ts';
import { keylessLimit } from '../../src/http/door/keyless-limit.ts';
import { openId } from '../../src/http/door/open-id.ts';
import { sessionOf, sessions } from '../../src/http/door/sessions.ts';
import { signInRoutes } from '../../src/http/routes/operator/sign-in.ts';
import { signInConfig } from '../../src/sign-in-settings.ts';
import { type Misdeed, startIssuer } from '../fakes/open-id-issuer.ts';

const console = 'https://parley.example.com';
const client = { clientId: 'parley', clientSecret: 'a secret of the client' };
const known = sessions('a secret');
const key = (id: string, more: Partial<ApiKey> = {}): ApiKey => ({
  id,
  tenantId: 'default',
  name: id,
  prefix: 'parley_x',
  hash: id.padEnd(64, '0').replaceAll(/[^0-9a-f]/g, '0'),
  scopes: ['calls:read'],
  createdAt: new Date(0),
  lastUsedAt: null,
  revokedAt: null,
  expiresAt: null,
  browser: null,
  ...more,
});
const keys = new Map(
  [key('key_admin'), key('key_reader'), key('key_revoked', { revokedAt: new Date(0) })].map((each) => [each.id, each]),
);
const roles = [
  { value: 'admins', keyId: 'key_admin' },
  { value: 'staff', keyId: 'key_reader' },
  { value: 'former', keyId: 'key_revoked' },
  { value: 'ghosts', keyId: 'key_gone' },
];

let issuer: Awaited<ReturnType<typeof startIssuer>>;
let app: Hono<ApiEnv>;
beforeAll(async () => {
  issuer = await startIssuer(client);
});
afterAll(() => issuer.close());
beforeEach(() => {
  issuer.misbehave({});
  app = appAt(issuer.url);
});

function appAt(url: string): Hono<ApiEnv> {
  const routes = signInRoutes(
    {
      keys: { findKey: async (id: string) => keys.get(id) ?? null } as never,
      sessions: known,
      publicUrl: console,
      logger: pino({ level: 'silent' }),
    },
    { openId: openId({ issuer: url, ...client, claim: 'groups', roles }), secret: 'a secret', keyless: keylessLimit() },
  );
  const outer = new Hono<ApiEnv>().route('/', routes);
  return outer.get('/who', (c) => c.text(sessionOf(c, known)?.keyHash ?? 'nobody'));
}

const cookieIn = (answer: Response, name: string) =>
  answer.headers.getSetCookie().find((each) => each.startsWith(name) && !/Max-Age=0/.test(each)) ?? '';

/** The whole way of a browser. `tamper` stands between the issuer and the way back. */
async function signIn(claims: object, tamper: (back: URL) => URL = (back) => back) {
  const begun = await app.request(`${console}/session/oidc`);
  const checks = cookieIn(begun, '__Host-parley_sign_in');
  const back = tamper(issuer.authorize(new URL(begun.headers.get('location')!), claims));
  const headers = { Cookie: checks.split(';')[0]! };
  const ended = await app.request(back.href, { headers });
  const session = cookieIn(ended, '__Host-parley_session').split(';')[0]!;
  const who = await app.request(`${console}/who`, { headers: { Cookie: session } });
  return { begun, checks, back, headers, location: ended.headers.get('location'), who: await who.text() };
}

describe('signing in at an issuer', () => {
  test('gives the session of the key that the first fitting role names', async () => {
    const { checks, location, who } = await signIn({ groups: ['staff', 'admins'], email: 'ada@example.com' });
    expect({ location, who }).toEqual({ location: '/', who: keys.get('key_admin')!.hash });
    expect(checks).toMatch(/HttpOnly.*Secure.*SameSite=Lax/);
    expect((await signIn({ groups: 'staff' })).who).toBe(keys.get('key_reader')!.hash);
  });

  const staff = { groups: ['staff'] };
  test.each<[string, Misdeed]>([
    ['another nonce', { claims: { nonce: 'another' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another audience', { claims: { aud: 'somebody else' } }],
    ['another issuer', { claims: { iss: 'https://issuer.example.com' } }],
    ['a time that is over', { claims: { exp: Math.floor(Date.now() / 1000) - 600 } }],
    ['no time', { claims: { exp: undefined } }],
    ['nobody', { claims: { sub: undefined } }],
    ['no signature', { signature: 'none' }],
    ['the signature of another key', { signature: 'foreign key' }],
    ["the client's secret for a signature", { signature: 'HS256' }],
    ['no ID token', { noIdToken: true }],
    ['a failure', { status: 500 }],
  ])('is refused for a token with %s', async (_, misdeed) => {
    issuer.misbehave(misdeed);
    const { location, who } = await signIn(staff);
    expect({ location, who }).toEqual({ location: '/#sign-in=refused', who: 'nobody' });
  });

  test.each<[string, (back: URL) => URL]>([
    ['another state', (back) => withQuery(back, { state: 'another' })],
    ['no state', (back) => withQuery(back, { state: null })],
    ['a code that nobody gave', (back) => withQuery(back, { code: 'made up' })],
    ['an error of the issuer', (back) => withQuery(back, { code: null, error: 'access_denied' })],
  ])('is refused on a way back with %s', async (_, tamper) => {
    const { location, who } = await signIn(staff, tamper);
    expect({ location, who }).toEqual({ location: '/#sign-in=refused', who: 'nobody' });
  });

  test('is refused to a browser that did not begin it, and a second time', async () => {
    const begun = await app.request(`${console}/session/oidc`);
    const back = issuer.authorize(new URL(begun.headers.get('location')!), staff);
    expect((await app.request(back.href)).headers.get('location')).toBe('/#sign-in=refused');
    const forged = encodeURIComponent(
      JSON.stringify({ state: back.searchParams.get('state'), nonce: 'x', verifier: 'x' }),
    );
    const headers = { Cookie: `__Host-parley_sign_in=${forged}.c2lnbmF0dXJl` };
    expect((await app.request(back.href, { headers })).headers.get('location')).toBe('/#sign-in=refused');
    const done = await signIn(staff);
    const again = await app.request(done.back.href, { headers: done.headers });
    expect(again.headers.get('location')).toBe('/#sign-in=refused');
  });

  test.each([
    ['no group', {}],
    ['a group without a role', { groups: ['visitors'] }],
    ['a role whose key was revoked', { groups: ['former'] }],
    ['a role whose key is not there', { groups: ['ghosts'] }],
  ])('ends without a session for %s', async (_, claims) => {
    const { location, who } = await signIn(claims);
    expect({ location, who }).toEqual({ location: '/#sign-in=no-role', who: 'nobody' });
  });

  test('says so where the issuer does not answer, and asks it again the next time', async () => {
    const gone = await startIssuer(client);
    await gone.close();
    app = appAt(gone.url);
    const location = async () => (await app.request(`${console}/session/oidc`)).headers.get('location');
    expect([await location(), await location()]).toEqual(['/#sign-in=unavailable', '/#sign-in=unavailable']);
  });
});

describe('the settings of it', () => {
  const read = {
    PARLEY_OIDC_ISSUER: 'https://issuer.example.com',
    PARLEY_OIDC_CLIENT_ID: 'parley',
    PARLEY_OIDC_CLAIM: 'groups',
    PARLEY_OIDC_ROLES: ['admins=key_1', 'a=b=key_2'],
  };
  test('name a key for each value of the claim', () => {
    expect(signInConfig(read).openId).toMatchObject({
      roles: [
        { value: 'admins', keyId: 'key_1' },
        { value: 'a=b', keyId: 'key_2' },
      ],
    });
    expect(signInConfig({ PARLEY_OIDC_CLAIM: 'groups' })).toEqual({ openId: undefined, problem: undefined });
  });
  test.each([
    [{ PARLEY_OIDC_ISSUER: 'http://issuer.example.com' }, /https/],
    [{ PARLEY_OIDC_CLIENT_ID: undefined }, /PARLEY_OIDC_CLIENT_ID/],
    [{ PARLEY_OIDC_ROLES: undefined }, /PARLEY_OIDC_ROLES/],
  ])('are refused with %j', (wrong, problem) => {
    expect(signInConfig({ ...read, ...wrong }).problem).toMatch(problem);
  });
});

function withQuery(address: URL, changes: Record<string, string | null>): URL {
  const changed = new URL(address);
  for (const [name, value] of Object.entries(changes))
    if (value === null) changed.searchParams.delete(name);
    else changed.searchParams.set(name, value);
  return changed;
}
