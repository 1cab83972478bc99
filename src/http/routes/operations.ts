import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';
import { json } from '../route.ts';

const dependencies = z.record(z.string(), z.object({ status: z.enum(['up', 'down']), message: z.string().optional() }));

const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  summary: 'Whether this process lives, and what it can reach',
  responses: {
    200: json(
      z.object({ status: z.enum(['ok', 'degraded']), version: z.string(), dependencies }).openapi('Health'),
      'It lives; `degraded` when something it needs is away.',
    ),
  },
});

const readiness = z.object({ status: z.enum(['ready', 'draining', 'not_ready']), dependencies }).openapi('Readiness');

const readyRoute = createRoute({
  method: 'get',
  path: '/ready',
  summary: 'Whether this process should get traffic',
  responses: {
    200: json(readiness, 'It should.'),
    503: json(readiness, 'It is draining, or something it needs is away.'),
  },
});

export function operationRoutes({ health, draining, version }: HttpDependencies) {
  const isUp = (found: ReturnType<typeof health>) => Object.values(found).every(({ status }) => status === 'up');
  return new OpenAPIHono<ApiEnv>()
    .openapi(healthRoute, (c) => {
      const found = health();
      return c.json(
        { status: isUp(found) ? ('ok' as const) : ('degraded' as const), version, dependencies: found },
        200,
      );
    })
    .openapi(readyRoute, (c) => {
      const found = health();
      if (draining.aborted) return c.json({ status: 'draining' as const, dependencies: found }, 503);
      if (!isUp(found)) return c.json({ status: 'not_ready' as const, dependencies: found }, 503);
      return c.json({ status: 'ready' as const, dependencies: found }, 200);
    });
}
