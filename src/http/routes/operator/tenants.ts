import { OpenAPIHono, z } from '@hono/zod-openapi';
import { addTenant, tenantIdPattern } from '../../../calls/keys/add-tenant.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { forOperator } from '../../door/for-operator.ts';
import { apiRoute, bodyProblems, conflict, json, jsonBody, strict } from '../../route.ts';

const tenantSchema = z
  .object({ tenant_id: z.string(), name: z.string(), created_at: z.iso.datetime() })
  .openapi('Tenant');

const addRoute = apiRoute('admin', {
  method: 'post',
  path: '/api/tenants',
  summary: 'Add a tenant, with its first key',
  description: "Only for an admin key of the operator's tenant.",
  request: {
    body: jsonBody(
      strict({
        tenant_id: z
          .string()
          .regex(tenantIdPattern, 'Send lower-case letters, digits, - and _, at most 63')
          .openapi({ example: 'harbour-dental' }),
        name: z.string().trim().min(1).max(100),
      }).openapi('AddTenant'),
    ),
  },
  responses: {
    201: json(
      z
        .object({
          tenant_id: z.string(),
          name: z.string(),
          key_id: z.string(),
          key: z.string().describe('May do everything in this tenant. Told this once.'),
        })
        .openapi('NewTenant'),
      'The tenant.',
    ),
    ...conflict,
    ...bodyProblems,
  },
});

const listRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/tenants',
  summary: 'All tenants, oldest first',
  description: "Only for an admin key of the operator's tenant.",
  responses: { 200: json(z.object({ tenants: z.array(tenantSchema) }).openapi('Tenants'), 'All of them.') },
});

export function tenantRoutes({ tenants, keys, operatorTenantId }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>()
    .openapi(addRoute, async (c) => {
      forOperator(c.get('key'), operatorTenantId);
      const { tenant_id: id, name } = c.req.valid('json');
      const { key, apiKey } = await addTenant({ id, name }, { tenants, keys });
      c.set('auditTarget', id);
      return c.json({ tenant_id: id, name, key_id: apiKey.id, key }, 201);
    })
    .openapi(listRoute, async (c) => {
      forOperator(c.get('key'), operatorTenantId);
      const list = await tenants.listTenants();
      return c.json(
        {
          tenants: list.map(({ id, name, createdAt }) => ({
            tenant_id: id,
            name,
            created_at: createdAt.toISOString(),
          })),
        },
        200,
      );
    });
}
