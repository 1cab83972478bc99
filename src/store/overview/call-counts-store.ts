import { sql } from 'drizzle-orm';
import type { Database } from '../connection/database.ts';

/** How many days of tenants are counted again in one statement. */
const daysAtOnce = 20;
/** A day of a busy installation takes longer than other statements may. Nobody waits for it. */
const longestMs = 300_000;

/**
 * Counts the calls of hours that are over, so that dashboards need not read every call: at most a day of them, and what changed since
 * it was counted. Answers whether there is more to do. What has not been counted yet is read from the calls, so nothing is ever wrong
 * meanwhile.
 */
export async function countCalls(database: Database): Promise<boolean> {
  return database.transaction(async (db) => {
    await db.execute(sql`SELECT set_config('statement_timeout', ${String(longestMs)}, true)`);
    const { rows } = await db.execute<{ more: boolean }>(sql`SELECT parley.count_calls(${daysAtOnce}) AS more`);
    return rows[0]!.more;
  });
}
