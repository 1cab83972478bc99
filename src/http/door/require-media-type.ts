import type { MiddlewareHandler } from 'hono';
import { HttpError } from '../problem.ts';

/** For routes whose body is no JSON; the others check it with their schema. */
export function requireMediaType(mediaType: string): MiddlewareHandler {
  return async function requireMediaType(c, next) {
    const given = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (given !== mediaType)
      throw new HttpError('unsupported_media_type', `Send the body with Content-Type: ${mediaType}.`);
    await next();
  };
}
