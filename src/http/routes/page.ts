import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';

/** The page at `/`: plain files, and the LiveKit client they import. They hold no secret and need no key. */
export function pageRoutes({ pageFolder }: Pick<HttpDependencies, 'pageFolder'>) {
  const client = fileURLToPath(import.meta.resolve('livekit-client'));
  return new Hono<ApiEnv>()
    .use('/vendor/livekit-client.js', cacheFor('public, max-age=3600'), serveStatic({ path: client }))
    .use('*', etag(), cacheFor('no-cache'), serveStatic({ root: pageFolder }));
}

function cacheFor(policy: string): MiddlewareHandler {
  return async function cacheFor(c, next) {
    await next();
    if (c.res.ok) c.header('Cache-Control', policy);
  };
}
