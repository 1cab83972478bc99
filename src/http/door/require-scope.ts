import type { MiddlewareHandler } from 'hono';
import type { ApiKey, KeyScope } from '../../calls/ports.ts';
import type { ApiEnv } from '../dependencies.ts';
import { HttpError } from '../problem.ts';

/** Lets a request pass only when its key has the scope. */
export function requireScope(scope: KeyScope): MiddlewareHandler<ApiEnv> {
  return async function requireScope(c, next) {
    checkScope(c.get('key'), scope);
    await next();
  };
}

/** A scope that another one includes. */
const impliedBy: Partial<Record<KeyScope, KeyScope>> = { 'web-calls:write': 'calls:write' };

/** @throws HttpError `scope_missing` */
export function checkScope({ scopes }: Pick<ApiKey, 'scopes'>, scope: KeyScope): void {
  if (scopes.includes(scope) || scopes.includes(impliedBy[scope] ?? scope)) return;
  throw new HttpError(
    'scope_missing',
    `This needs a key with the scope ${scope}; this one has ${scopes.join(', ') || 'none'}.`,
    { details: { scope } },
  );
}
