import { and, asc, eq, sql } from 'drizzle-orm';
import type { TrunkSettings, TrunkSettingsStore } from '../../calls/admission/dispatch-ports.ts';
import { brieflyKept } from '../connection/briefly-kept.ts';
import type { Database } from '../connection/database.ts';
import { trunkSettings } from '../schema/trunks.ts';

/** What another process changed holds here after so long. */
const keptMs = 1_000;

export function trunkSettingsStore(database: Database): TrunkSettingsStore {
  const recent = brieflyKept((tenantId: string) => list(database, tenantId), { milliseconds: keptMs });
  const trunk = (tenantId: string, trunkId: string) =>
    and(eq(trunkSettings.tenantId, tenantId), eq(trunkSettings.trunkId, trunkId));
  return {
    async save(settings) {
      await database.run((db) =>
        db
          .insert(trunkSettings)
          .values(settings)
          .onConflictDoUpdate({
            target: [trunkSettings.tenantId, trunkSettings.trunkId],
            set: { ...settings, updatedAt: sql`now()` },
          }),
      );
      recent.forget();
    },

    list: (tenantId) => list(database, tenantId),
    listRecent: (tenantId) => recent.get(tenantId),

    async listClaimed() {
      const rows = await database.run((db) =>
        db.selectDistinct({ trunkId: trunkSettings.trunkId }).from(trunkSettings),
      );
      return rows.map(({ trunkId }) => trunkId);
    },

    async remove(tenantId, trunkId) {
      const removed = await database.run((db) => db.delete(trunkSettings).where(trunk(tenantId, trunkId)).returning());
      recent.forget();
      return removed.length > 0;
    },
  };
}

async function list(database: Database, tenantId: string): Promise<TrunkSettings[]> {
  const rows = await database.run((db) =>
    db
      .select()
      .from(trunkSettings)
      .where(eq(trunkSettings.tenantId, tenantId))
      .orderBy(asc(trunkSettings.createdAt), asc(trunkSettings.trunkId)),
  );
  return rows.map(toSettings);
}

function toSettings(row: typeof trunkSettings.$inferSelect): TrunkSettings {
  const { createdAt: _created, updatedAt: _updated, ...settings } = row;
  return settings;
}
