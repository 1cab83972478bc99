import { sql } from 'drizzle-orm';
import type { Database } from '../connection/database.ts';

/** How many days of tenants are counted again in one statement. */
const daysAtOnce = 20;

/**
 * Counts the calls of hours that are over, so that dashboards need not read every call: at most a day of them, and what changed since
 * it was counted. Answers whether there is more to do. What has not been counted yet is read from the calls, so nothing is ever wrong
 * meanwhile.
 */
export async function countCalls(database: Database): Promise<boolean> {
  const { rows } = await database.run((db) =>
    db.execute<{ more: boolean }>(sql`SELECT parley.count_calls(${daysAtOnce}) AS more`),
  );
  return rows[0]!.more;
}
