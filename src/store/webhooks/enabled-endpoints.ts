import { and, asc, isNull } from 'drizzle-orm';
import type { Database } from '../connection/database.ts';
import { webhookEndpoints as endpoints } from '../schema/webhooks.ts';

/** Registered webhooks of all tenants that are not disabled, oldest first; those of single calls are not among them. */
export function enabledEndpoints(database: Database, limit: number): Promise<{ id: string; url: string }[]> {
  return database.run((db) =>
    db
      .select({ id: endpoints.id, url: endpoints.url })
      .from(endpoints)
      .where(and(isNull(endpoints.callId), isNull(endpoints.disabledAt)))
      .orderBy(asc(endpoints.createdAt), asc(endpoints.id))
      .limit(limit),
  );
}
