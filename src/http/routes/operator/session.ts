import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { type ApiKey, keyScopes } from '../../../calls/ports.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { HttpError } from '../../problem.ts';
import { commonProblems, json, strict } from '../../route.ts';
import { clearSession, isEnded, sessionOf, setSession } from '../../door/sessions.ts';

const sessionSchema = z
  .object({
    tenant_id: z.string(),
    key_id: z.string(),
    key_name: z.string(),
    scopes: z.array(z.enum(keyScopes)).describe('What the console may show and do.'),
    operator: z.boolean().describe('Whether it is a key of the operator’s tenant.'),
    expires_at: z.iso.datetime().describe('When to sign in again, unless something is done before.'),
  })
  .openapi('ConsoleSession');

const signInRoute = createRoute({
  method: 'post',
  path: '/session',
  summary: 'Sign in to the console: a key for a cookie',
  description:
    'The cookie is HttpOnly and SameSite=Strict, holds no key, and ends two hours after its last use, twelve hours after the sign-in, and with the key. Requests that change something need the header `X-Parley-Console` beside it.',
  security: [{ apiKey: [] }, { bearer: [] }],
  responses: { ...commonProblems, 201: json(sessionSchema, 'Signed in.') },
});

const readRoute = createRoute({
  method: 'get',
  path: '/session',
  summary: 'Who is signed in to the console',
  responses: {
    500: commonProblems[500],
    503: commonProblems[503],
    200: json(
      z
        .object({
          session: z.union([sessionSchema, z.null()]).describe('Null: nobody.'),
          issuer: z
            .boolean()
            .describe('Whether one may also sign in at an issuer, by `GET /session/oidc` in a browser.'),
        })
        .openapi('SessionState'),
      'Who it is.',
    ),
  },
});

const signOutRoute = createRoute({
  method: 'delete',
  path: '/session',
  summary: 'Sign out of the console',
  request: {
    query: strict({
      everywhere: z
        .enum(['true', 'false'])
        .default('false')
        .describe('End all sessions that began with this key, also in other browsers.'),
    }),
  },
  responses: { ...commonProblems, 204: { description: 'The cookie is gone.' } },
});

export function sessionRoutes({ keys, sessions, signIn, operatorTenantId }: HttpDependencies) {
  const sessionJson = (key: ApiKey, expiresAt: Date): z.infer<typeof sessionSchema> => ({
    tenant_id: key.tenantId,
    key_id: key.id,
    key_name: key.name,
    scopes: key.scopes,
    operator: key.tenantId === operatorTenantId,
    expires_at: expiresAt.toISOString(),
  });
  return new OpenAPIHono<ApiEnv>()
    .openapi(signInRoute, (c) => {
      const key = c.get('key');
      if (key.browser) throw new HttpError('origin_not_allowed', 'A key of a web page opens no console.');
      const issued = sessions.issue(key.hash);
      const expiresAt = key.expiresAt && key.expiresAt < issued.expiresAt ? key.expiresAt : issued.expiresAt;
      setSession(c, issued);
      c.header('Cache-Control', 'no-store');
      return c.json(sessionJson(key, expiresAt), 201);
    })
    .openapi(readRoute, async (c) => {
      const session = sessionOf(c, sessions);
      const key = session && (await keys.findKeyByHash(session.keyHash));
      c.header('Cache-Control', 'no-store');
      const isGood = key && !isEnded(session, key) && !key.revokedAt && (!key.expiresAt || key.expiresAt > new Date());
      const renewed = isGood && sessions.renewed(session);
      if (renewed) setSession(c, renewed);
      return c.json(
        { session: isGood ? sessionJson(key, session.expiresAt) : null, issuer: signIn !== undefined },
        200,
      );
    })
    .openapi(signOutRoute, async (c) => {
      if (c.req.valid('query').everywhere === 'true') {
        const session = sessionOf(c, sessions);
        const key = session && (await keys.findKeyByHash(session.keyHash));
        if (!key || isEnded(session, key)) throw new HttpError('unauthenticated', 'The session is over already.');
        await keys.endSessions(key.id, new Date());
      }
      clearSession(c);
      return c.body(null, 204);
    });
}
