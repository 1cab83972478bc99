import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import type { ApiEnv } from './dependencies.ts';

/** One line per request of the API: never its query, which may hold a number or a token. */
export function logRequests(logger: Logger): MiddlewareHandler<ApiEnv> {
  return async function logRequests(c, next) {
    c.set('logger', logger);
    const startedMs = performance.now();
    await next();
    const fields = { method: c.req.method, path: c.req.path, status: c.res.status, requestId: c.get('requestId') };
    logger.debug({ ...fields, durationMs: Math.round(performance.now() - startedMs) }, 'request');
  };
}
