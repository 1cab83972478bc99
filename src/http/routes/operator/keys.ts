import { OpenAPIHono, z } from '@hono/zod-openapi';
import { getAgent } from '../../../calls/agents/get-agent.ts';
import { CallError } from '../../../calls/errors.ts';
import { createKey } from '../../../calls/keys/create-key.ts';
import { type ApiKey, type KeyScope, keyScopes } from '../../../calls/ports.ts';
import { revokeKey } from '../../../calls/keys/revoke-key.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { apiRoute, bodyProblems, idParam, json, jsonBody, notFound, strict } from '../../route.ts';

const browserSchema = z.object({
  origins: z.array(z.string()),
  agent: z.string(),
  calls_per_minute: z.number(),
  max_calls: z.number(),
});

const origin = z
  .string()
  .max(300)
  .refine((text) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text), {
    error: 'Send scheme, host and port without a path, such as https://shop.example.com',
  });

const browserFields = strict({
  origins: z
    .array(origin)
    .min(1)
    .max(20)
    .openapi({ example: ['https://shop.example.com'] }),
  agent: z.string().min(1).max(100),
  calls_per_minute: z.number().int().min(1).max(1000).default(10),
  max_calls: z.number().int().min(1).max(1000).default(5).describe('At once.'),
}).describe('For a key that is used in a web page: it starts browser calls with this agent, and nothing else.');

const keySchema = z
  .object({
    key_id: z.string(),
    name: z.string(),
    prefix: z.string().describe('The first characters of the key, to recognise it by.'),
    scopes: z.array(z.enum(keyScopes)),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable().describe('To the minute.'),
    revoked_at: z.iso.datetime().nullable(),
    expires_at: z.iso.datetime().nullable(),
    browser: browserSchema.nullable().describe('What a key of a web page is bound to.'),
  })
  .openapi('Key');

const ordinaryScopes: KeyScope[] = ['calls:read', 'calls:write', 'leads:read', 'leads:write'];

const createRoute = apiRoute('admin', {
  method: 'post',
  path: '/api/keys',
  summary: 'Create an API key of this tenant',
  request: {
    body: jsonBody(
      strict({
        name: z.string().trim().min(1).max(100),
        scopes: z.array(z.enum(keyScopes)).min(1).max(keyScopes.length).optional(),
        expires_at: z.iso
          .datetime({ offset: true })
          .transform((text) => new Date(text))
          .refine((at) => at.getTime() > Date.now(), { error: 'Send a time in the future' })
          .optional()
          .openapi({ type: 'string', format: 'date-time' })
          .describe('Refused from then on.'),
        browser: browserFields.optional(),
      }).openapi('CreateKey'),
    ),
  },
  responses: {
    201: json(
      keySchema.extend({ key: z.string().describe('Told this once; only its hash is kept.') }).openapi('NewKey'),
      'The key.',
    ),
    ...notFound,
    ...bodyProblems,
  },
});

const listRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/keys',
  summary: 'The API keys of this tenant',
  responses: { 200: json(z.object({ keys: z.array(keySchema) }).openapi('Keys'), 'Revoked ones too.') },
});

const revokeRoute = apiRoute('admin', {
  method: 'delete',
  path: '/api/keys/{id}',
  summary: 'Revoke an API key',
  request: { params: idParam },
  responses: { 200: json(keySchema, 'It is refused from now on.'), ...notFound },
});

export function keyRoutes({ keys, agents }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>()
    .openapi(createRoute, async (c) => {
      const { name, scopes: asked, expires_at: expiresAt = null, browser: bounds } = c.req.valid('json');
      if (bounds && asked)
        throw new CallError('invalid_request', 'A key of a web page has its scope. Leave `scopes` out.', {
          field: 'scopes',
        });
      if (bounds) getAgent(agents, bounds.agent);
      const scopes: KeyScope[] = bounds ? ['web-calls:write'] : (asked ?? ordinaryScopes);
      const browser = bounds
        ? {
            origins: bounds.origins,
            agent: bounds.agent,
            callsPerMinute: bounds.calls_per_minute,
            maxCalls: bounds.max_calls,
          }
        : null;
      const { tenantId } = c.get('key');
      const { key, apiKey } = await createKey(
        { tenantId, name, scopes: [...new Set(scopes)], expiresAt, browser },
        keys,
      );
      c.set('auditTarget', apiKey.id);
      return c.json({ ...keyJson(apiKey), key }, 201);
    })
    .openapi(listRoute, async (c) => {
      const list = await keys.listKeys(c.get('key').tenantId);
      return c.json({ keys: list.map(keyJson) }, 200);
    })
    .openapi(revokeRoute, async (c) => {
      const revoked = await revokeKey({ ...c.req.valid('param'), tenantId: c.get('key').tenantId }, keys);
      return c.json(keyJson(revoked), 200);
    });
}

function keyJson(key: ApiKey): z.infer<typeof keySchema> {
  return {
    key_id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    created_at: key.createdAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    expires_at: key.expiresAt?.toISOString() ?? null,
    browser: key.browser && {
      origins: key.browser.origins,
      agent: key.browser.agent,
      calls_per_minute: key.browser.callsPerMinute,
      max_calls: key.browser.maxCalls,
    },
  };
}
