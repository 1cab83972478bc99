import { and, eq, gt, lt, sql } from 'drizzle-orm';
import type { IdempotencyStore } from '../../calls/admission/dispatch-ports.ts';
import type { Database } from '../connection/database.ts';
import { idempotencyKeys as keys } from '../schema/tenants.ts';

export function idempotencyStore(database: Database): IdempotencyStore {
  const held = new Set<string>();
  return {
    hold(id) {
      if (held.has(id)) return null;
      held.add(id);
      return () => void held.delete(id);
    },

    async find(id) {
      const [row] = await database.run((db) =>
        db
          .select({ requestHash: keys.requestHash, response: keys.response })
          .from(keys)
          .where(and(eq(keys.id, id), gt(keys.expiresAt, sql`now()`))),
      );
      return row ?? null;
    },

    async deleteExpired() {
      await database.run((db) => db.delete(keys).where(lt(keys.expiresAt, sql`now()`)));
    },
  };
}
