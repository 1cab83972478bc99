import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';

/** What the page uses of the LiveKit client. */
const clientExports = [
  'ConnectionError',
  'ConnectionErrorReason',
  'createLocalAudioTrack',
  'DisconnectReason',
  'Room',
  'RoomEvent',
  'setLogLevel',
  'Track',
];

/** The page at `/`: plain files, and the LiveKit client they import when somebody talks. They hold no secret and need no key. */
export function pageRoutes({ pageFolder }: Pick<HttpDependencies, 'pageFolder'>) {
  let client: Promise<{ text: string; tag: string }> | undefined;
  return new Hono<ApiEnv>()
    .use(compress())
    .use('/vendor/livekit-client.js', etag(), cacheFor('public, max-age=3600'))
    .get('/vendor/livekit-client.js', async (c) => {
      const { text, tag } = await (client ??= livekitClient());
      return c.body(text, 200, { 'Content-Type': 'text/javascript; charset=utf-8', ETag: tag });
    })
    .use('*', etag(), cacheFor('no-cache'), serveStatic({ root: pageFolder }));
}

/** The package ships only its UMD file minified, half the size: it leaves its exports in a global, which become those of a module. */
async function livekitClient(): Promise<{ text: string; tag: string }> {
  const umd = await readFile(createRequire(import.meta.url).resolve('livekit-client'), 'utf8');
  const text = `${umd}\nexport const { ${clientExports.join(', ')} } = globalThis.LivekitClient;\n`;
  return { text, tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"` };
}

function cacheFor(policy: string): MiddlewareHandler {
  return async function cacheFor(c, next) {
    await next();
    if (c.res.ok) c.header('Cache-Control', policy);
  };
}
