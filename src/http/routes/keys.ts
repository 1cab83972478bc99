import { OpenAPIHono, z } from '@hono/zod-openapi';
import { createKey } from '../../calls/keys/create-key.ts';
import { type ApiKey, type KeyScope, keyScopes } from '../../calls/ports.ts';
import { revokeKey } from '../../calls/keys/revoke-key.ts';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';
import { apiRoute, bodyProblems, idParam, json, jsonBody, notFound, strict } from '../route.ts';

const keySchema = z
  .object({
    key_id: z.string(),
    name: z.string(),
    prefix: z.string().describe('The first characters of the key, to recognise it by.'),
    scopes: z.array(z.enum(keyScopes)),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable().describe('To the minute.'),
    revoked_at: z.iso.datetime().nullable(),
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
        scopes: z.array(z.enum(keyScopes)).min(1).max(keyScopes.length).default(ordinaryScopes),
      }).openapi('CreateKey'),
    ),
  },
  responses: {
    201: json(
      keySchema.extend({ key: z.string().describe('Told this once; only its hash is kept.') }).openapi('NewKey'),
      'The key.',
    ),
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

export function keyRoutes({ keys }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>()
    .openapi(createRoute, async (c) => {
      const { name, scopes } = c.req.valid('json');
      const { tenantId } = c.get('key');
      const { key, apiKey } = await createKey({ tenantId, name, scopes: [...new Set(scopes)] }, keys);
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
  };
}
