import { and, asc, eq, sql } from 'drizzle-orm';
import type { ApiKey, KeyStore } from '../../calls/ports.ts';
import { brieflyKept } from '../connection/briefly-kept.ts';
import type { Database } from '../connection/database.ts';
import { apiKeys } from '../schema/tenants.ts';

/** A key that another process revoked works here for so long. */
const keptMs = 1_000;
/** How exact the time of the last use is. */
const usedEveryMs = 60_000;

export function keyStore(database: Database): KeyStore {
  const byHash = brieflyKept((hash: string) => findByHash(database, hash), {
    milliseconds: keptMs,
    keeps: (key) => key !== null,
  });
  return {
    async insertKey(key) {
      const [row] = await database.run((db) =>
        db
          .insert(apiKeys)
          .values(key)
          // Changes nothing, but answers the row: two replicas may seed the same key at once.
          .onConflictDoUpdate({ target: apiKeys.hash, set: { hash: key.hash } })
          .returning(),
      );
      if (!row) throw new Error('The key was not inserted.');
      return toKey(row);
    },

    findKeyByHash: (hash) => byHash.get(hash),

    async findKey(id) {
      const [row] = await database.run((db) => db.select().from(apiKeys).where(eq(apiKeys.id, id)));
      return row ? toKey(row) : null;
    },

    async listKeys(tenantId) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(apiKeys)
          .where(eq(apiKeys.tenantId, tenantId))
          .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id)),
      );
      return rows.map(toKey);
    },

    async revokeKey(id, tenantId) {
      const [row] = await database.run((db) =>
        db
          .update(apiKeys)
          .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, now())` })
          .where(and(eq(apiKeys.id, id), eq(apiKeys.tenantId, tenantId)))
          .returning(),
      );
      byHash.forget();
      return row ? toKey(row) : null;
    },

    async endSessions(id, before) {
      await database.run((db) => db.update(apiKeys).set({ sessionsFrom: before }).where(eq(apiKeys.id, id)));
      byHash.forget();
    },
  };
}

async function findByHash(database: Database, hash: string): Promise<ApiKey | null> {
  const [row] = await database.run((db) => db.select().from(apiKeys).where(eq(apiKeys.hash, hash)));
  if (!row) return null;
  // Beside the request, which needs no more than to read; a database that takes no writes does not refuse it.
  if (!row.lastUsedAt || Date.now() - row.lastUsedAt.getTime() > usedEveryMs)
    void noteUse(database, row.id).catch(() => undefined);
  return toKey(row);
}

/** Replicas that see the same use write it once. */
async function noteUse(database: Database, id: string): Promise<void> {
  const longAgo = sql`coalesce(${apiKeys.lastUsedAt}, '-infinity') < now() - interval '1 minute'`;
  await database.run((db) =>
    db
      .update(apiKeys)
      .set({ lastUsedAt: sql`now()` })
      .where(and(eq(apiKeys.id, id), longAgo)),
  );
}

const toKey = (row: typeof apiKeys.$inferSelect): ApiKey => row;
