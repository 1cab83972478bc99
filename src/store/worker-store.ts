import { and, eq, gt, ne, sql } from 'drizzle-orm';
import type { WorkerStore } from '../calls/ports.ts';
import type { Database } from './connection/database.ts';
import { workers } from './schema/workers.ts';

/** Who has not been seen for so long is gone. */
const goneSeconds = 15;

const recently = sql`now() - make_interval(secs => ${goneSeconds})`;
const isThere = and(gt(workers.seenAt, recently), ne(workers.state, 'draining'));

export function workerStore(database: Database): WorkerStore {
  return {
    async beat({ id, state, embedded }) {
      const seenAt = sql`now()`;
      await database.run((db) =>
        db
          .insert(workers)
          .values({ id, state, embedded, seenAt })
          .onConflictDoUpdate({ target: workers.id, set: { state, embedded, seenAt } }),
      );
    },

    async leave(id) {
      await database.run((db) => db.delete(workers).where(eq(workers.id, id)));
    },

    async isAnyThere() {
      const found = await database.run((db) => db.select({ id: workers.id }).from(workers).where(isThere).limit(1));
      return found.length > 0;
    },

    async hasEmbedded() {
      const has = sql<boolean | null>`bool_or(${workers.embedded})`;
      const [found] = await database.run((db) => db.select({ has }).from(workers).where(isThere));
      return found?.has ?? undefined;
    },
  };
}
