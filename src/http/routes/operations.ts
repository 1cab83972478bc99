import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { mayReadMetrics, metricsRefusal } from '../../telemetry/metrics/may-read-metrics.ts';
import { metricsContentType } from '../../telemetry/metrics/metrics.ts';
import { HttpError, problemSchema } from '../problem.ts';
import { json } from '../route.ts';

const dependencies = z.record(z.string(), z.object({ status: z.enum(['up', 'down']), message: z.string().optional() }));

const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  summary: 'Whether this process lives, and what it can reach',
  responses: {
    200: json(
      z.object({ status: z.enum(['ok', 'degraded']), version: z.string(), dependencies }).openapi('Health'),
      'It lives; `degraded` when something it needs is down.',
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
    503: json(readiness, 'It is draining, or PostgreSQL or LiveKit is down.'),
  },
});

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'What this process counted and measured, for Prometheus',
  responses: {
    200: { description: 'The text format of Prometheus.', content: { 'text/plain': { schema: z.string() } } },
    401: {
      description: 'It was asked through a proxy or from afar, or the token is wrong.',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  },
});

export function operationRoutes({ health, draining, version, metrics }: HttpDependencies) {
  const isUp = (found: ReturnType<typeof health>) => Object.values(found).every(({ status }) => status === 'up');
  // Without Redis each replica counts requests by itself, and serves.
  const serves = ({ redis: _redis, ...needed }: ReturnType<typeof health>) => isUp(needed);
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
      if (!serves(found)) return c.json({ status: 'not_ready' as const, dependencies: found }, 503);
      return c.json({ status: 'ready' as const, dependencies: found }, 200);
    })
    .openapi(metricsRoute, async (c) => {
      if (!mayReadMetrics({ peer: peerOf(c), header: (name) => c.req.header(name) }, metrics.token))
        throw new HttpError('unauthenticated', metricsRefusal, { headers: { 'WWW-Authenticate': 'Bearer' } });
      return c.text(await metrics.text(), 200, { 'Content-Type': metricsContentType });
    });
}

/** Absent where no server stands between, as in a test. */
function peerOf(c: Context<ApiEnv>): string | undefined {
  const env = c.env as object | undefined;
  return env && 'incoming' in env ? getConnInfo(c).remote.address : undefined;
}
