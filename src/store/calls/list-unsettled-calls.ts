import type { Database } from '../connection/database.ts';
import { sql } from 'drizzle-orm';

/** Ids of the calls that have begun, or may have, whatever process looks after them. */
export async function listUnsettledCalls(database: Database): Promise<string[]> {
  const { rows } = await database.run((db) =>
    db.execute<{ id: string }>(sql`
      SELECT id FROM parley.calls WHERE state <> 'ended' AND NOT (state = 'scheduled' AND not_before > now()) ORDER BY id`),
  );
  return rows.map(({ id }) => id);
}
