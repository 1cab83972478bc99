import { sql } from 'drizzle-orm';
import { type AnyPgColumn, check, pgSchema, timestamp } from 'drizzle-orm/pg-core';

/**
 * Everything Parley stores lives in a schema of its own, so that a host which publishes `public` (Supabase does) publishes
 * none of it. Every table also has row-level security enabled with no policy: only its owner reads it.
 */
export const parley = pgSchema('parley');

/** UTC with milliseconds, so that a JavaScript `Date` makes the round trip unchanged. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** A check that a text column holds one of the values, or null. */
export function oneOf(name: string, column: AnyPgColumn, values: readonly string[]) {
  return check(name, sql`${column} IN (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`);
}
