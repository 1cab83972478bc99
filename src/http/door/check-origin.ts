import type { MiddlewareHandler } from 'hono';
import { HttpError } from '../problem.ts';

const thisMachine = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses pages that come neither from the public address nor from this machine: their name may have been made to lead here
 * (DNS rebinding), which the transport of MCP asks servers to stop. Programs send no `Origin`.
 */
export function checkOrigin(publicUrl: string | undefined): MiddlewareHandler {
  const own = publicUrl && new URL(publicUrl).origin;
  return async function checkOrigin(c, next) {
    const origin = c.req.header('origin');
    if (origin !== undefined && origin !== own && !isThisMachine(origin))
      throw new HttpError(
        'origin_not_allowed',
        'Only pages of PARLEY_PUBLIC_URL or of this machine may ask this. A program sends no Origin header.',
      );
    await next();
  };
}

function isThisMachine(origin: string): boolean {
  return URL.canParse(origin) && thisMachine.has(new URL(origin).hostname);
}
