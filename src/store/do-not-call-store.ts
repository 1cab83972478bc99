import { and, asc, eq } from 'drizzle-orm';
import type { DoNotCallStore } from '../calls/admission/dispatch-ports.ts';
import type { Database } from './database.ts';
import { doNotCall } from './schema/leads.ts';

export function doNotCallStore(database: Database): DoNotCallStore {
  const entry = (tenantId: string, phoneNumber: string) =>
    and(eq(doNotCall.tenantId, tenantId), eq(doNotCall.phoneNumber, phoneNumber));
  return {
    async add(added) {
      await database.run((db) => db.insert(doNotCall).values(added).onConflictDoNothing());
    },

    async remove(tenantId, phoneNumber) {
      const removed = await database.run((db) => db.delete(doNotCall).where(entry(tenantId, phoneNumber)).returning());
      return removed.length > 0;
    },

    async has(tenantId, phoneNumber) {
      const found = await database.run((db) => db.select().from(doNotCall).where(entry(tenantId, phoneNumber)));
      return found.length > 0;
    },

    list: (tenantId) =>
      database.run((db) =>
        db
          .select({ phoneNumber: doNotCall.phoneNumber, reason: doNotCall.reason, createdAt: doNotCall.createdAt })
          .from(doNotCall)
          .where(eq(doNotCall.tenantId, tenantId))
          .orderBy(asc(doNotCall.phoneNumber)),
      ),
  };
}
