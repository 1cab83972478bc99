import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { AuditLog } from '../calls/ports.ts';
import type { ApiEnv } from './dependencies.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Writes down who changed what. The change has happened by then, so a failure to write is logged, not told. */
export function auditChanges(audit: AuditLog): MiddlewareHandler<ApiEnv> {
  return async function auditChanges(c, next) {
    await next();
    if (reading.has(c.req.method) || c.res.status >= 400) return;
    const { tenantId, id: keyId } = c.get('key');
    // Routes have a method of their own; middleware is registered for all.
    const route = matchedRoutes(c).find(({ method }) => method === c.req.method);
    const action = `${c.req.method} ${(route?.path ?? c.req.path).replaceAll(/:(\w+)/g, '{$1}')}`;
    const entry = { tenantId, keyId, action, requestId: c.get('requestId'), status: c.res.status };
    try {
      await audit.record({ ...entry, target: c.get('auditTarget') ?? c.req.param('id') ?? null });
    } catch (error) {
      c.get('logger').error({ error, ...entry }, 'a change could not be written to the audit log');
    }
  };
}
