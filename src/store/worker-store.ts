import { and, eq, gt, ne, sql } from 'drizzle-orm';
import type { WorkerStore } from '../calls/ports.ts';
import type { Database } from './connection/database.ts';
import { workers } from './schema/workers.ts';

/** Who has not been seen for so long is gone. */
const goneSeconds = 15;

export function workerStore(database: Database): WorkerStore {
  return {
    async beat({ id, state }) {
      const seenAt = sql`now()`;
      await database.run((db) =>
        db
          .insert(workers)
          .values({ id, state, seenAt })
          .onConflictDoUpdate({ target: workers.id, set: { state, seenAt } }),
      );
    },

    async leave(id) {
      await database.run((db) => db.delete(workers).where(eq(workers.id, id)));
    },

    async isAnyThere() {
      const recently = sql`now() - make_interval(secs => ${goneSeconds})`;
      const found = await database.run((db) =>
        db
          .select({ id: workers.id })
          .from(workers)
          .where(and(gt(workers.seenAt, recently), ne(workers.state, 'draining')))
          .limit(1),
      );
      return found.length > 0;
    },
  };
}
