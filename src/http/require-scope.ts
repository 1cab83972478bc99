import type { MiddlewareHandler } from 'hono';
import type { KeyScope } from '../calls/ports.ts';
import type { ApiEnv } from './dependencies.ts';
import { HttpError } from './problem.ts';

/** Lets a request pass only when its key has the scope. */
export function requireScope(scope: KeyScope): MiddlewareHandler<ApiEnv> {
  return async function requireScope(c, next) {
    const { scopes } = c.get('key');
    if (!scopes.includes(scope))
      throw new HttpError(
        'scope_missing',
        `This needs a key with the scope ${scope}; this one has ${scopes.join(', ') || 'none'}.`,
        { details: { scope } },
      );
    await next();
  };
}
