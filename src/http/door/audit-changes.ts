import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { AuditLog } from '../../calls/ports.ts';
import type { ApiEnv } from '../dependencies.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Writes down who changed what, unless it was written with the change itself. */
export function auditChanges(audit: AuditLog): MiddlewareHandler<ApiEnv> {
  return async function auditChanges(c, next) {
    if (reading.has(c.req.method)) return next();
    // Routes have a method of their own; middleware is registered for all.
    const route = matchedRoutes(c).find(({ method }) => method === c.req.method);
    const action = `${c.req.method} ${(route?.path ?? c.req.path).replaceAll(/:(\w+)/g, '{$1}')}`;
    c.set('audit', { keyId: c.get('key').id, action, requestId: c.get('requestId') });
    await next();
    if (!c.get('audit') || c.res.status >= 400) return;
    await recordChange(
      { action, target: c.get('auditTarget') ?? c.req.param('id') ?? null, status: c.res.status },
      c,
      audit,
    );
  };
}

/** The change has happened by then, so a failure to write it down is logged, not told. */
export async function recordChange(
  change: { action: string; target: string | null; status: number },
  c: Context<ApiEnv>,
  audit: AuditLog,
): Promise<void> {
  const { tenantId, id: keyId } = c.get('key');
  const entry = { tenantId, keyId, requestId: c.get('requestId'), ...change };
  try {
    await audit.record(entry);
  } catch (error) {
    c.get('logger').error({ error, ...entry }, 'a change could not be written to the audit log');
  }
}
