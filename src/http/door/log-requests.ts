import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';

/** One line per request of the API: never its query, which may hold a number or a token. */
export function logRequests({ logger, loop }: Pick<HttpDependencies, 'logger' | 'loop'>): MiddlewareHandler<ApiEnv> {
  return async function logRequests(c, next) {
    c.set('logger', logger);
    const startedMs = performance.now();
    const end = loop.begin(routeOf(c));
    try {
      await next();
    } finally {
      end();
    }
    const fields = {
      method: c.req.method,
      path: withoutNumbers(c.req.path),
      status: c.res.status,
      requestId: c.get('requestId'),
    };
    logger.debug({ ...fields, durationMs: Math.round(performance.now() - startedMs) }, 'request');
  };
}

/** Ids, names of agents and words of routes; a number, an address or a text that somebody sent in their place is neither. */
const tellsNobody = /^(?=.*[a-z])[\w.-]{1,100}$/i;

function withoutNumbers(path: string): string {
  return path.replaceAll(/[^/]+/g, (part) => (tellsNobody.test(part) ? part : '…'));
}

/** The route as the program declares it: no id, no number. */
function routeOf(c: Context<ApiEnv>): string {
  const route = matchedRoutes(c).findLast(({ method }) => method !== 'ALL');
  return route ? `${route.method} ${route.path}` : 'no route';
}
