import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { forOperator } from '../../door/for-operator.ts';
import { apiRoute, json } from '../../route.ts';

const finding = z.object({
  status: z.enum(['ok', 'skipped', 'warning', 'failed']),
  message: z.string(),
  cure: z.string().nullable().describe('What to do about it.'),
});

const doctorRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/doctor',
  summary: 'What `parley doctor` finds, looked at now',
  description: "Takes half a minute at most. Only for an admin key of the operator's tenant.",
  responses: {
    200: json(
      z
        .object({
          ok: z.boolean().describe('Nothing failed.'),
          checks: z.array(z.object({ check: z.string(), duration_ms: z.number().int(), findings: z.array(finding) })),
        })
        .openapi('Examination'),
      'Check by check.',
    ),
  },
});

export function doctorRoutes({ examine, operatorTenantId }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>().openapi(doctorRoute, async (c) => {
    forOperator(c.get('key'), operatorTenantId);
    const found = await examine();
    return c.json(
      {
        ok: found.every(({ findings }) => findings.every(({ status }) => status !== 'failed')),
        checks: found.map(({ check, durationMs, findings }) => ({
          check,
          duration_ms: durationMs,
          findings: findings.map(({ status, message, cure }) => ({ status, message, cure: cure ?? null })),
        })),
      },
      200,
    );
  });
}
