import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Database, Queries } from './database.ts';

/**
 * Runs a write that must not happen twice, even when its first answer was lost with the connection. The write puts
 * `changeId` on every event and cost line it adds; a repetition first locks the call and looks for it.
 */
export function writeOnce<T>(
  database: Database,
  write: {
    callId: string;
    perform: (queries: Queries, changeId: string) => Promise<T>;
    /** The answer when an earlier attempt turns out to have been carried out. */
    performed: (queries: Queries) => Promise<T>;
  },
): Promise<T> {
  const { callId, perform, performed } = write;
  const changeId = randomUUID();
  return database.run((queries, attempt) => {
    if (attempt === 0) return perform(queries, changeId);
    return queries.transaction(async (inside) => {
      await inside.execute(sql`SELECT 1 FROM parley.calls WHERE id = ${callId} FOR UPDATE`);
      const found = await inside.execute(sql`
        SELECT 1 FROM parley.call_events WHERE call_id = ${callId} AND change_id = ${changeId}
        UNION ALL
        SELECT 1 FROM parley.call_costs WHERE call_id = ${callId} AND change_id = ${changeId}`);
      return found.rows.length > 0 ? performed(inside) : perform(inside, changeId);
    });
  });
}
