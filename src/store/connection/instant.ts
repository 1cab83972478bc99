import { sql, type SQL } from 'drizzle-orm';
import type { Due } from '../../calls/ports.ts';

/** As a `timestamptz`; now where nothing is said. */
export function instantOf(due: Due | undefined): SQL {
  if (due === undefined) return sql`now()`;
  return due instanceof Date
    ? sql`${due.toISOString()}::timestamptz`
    : sql`now() + make_interval(secs => ${due.inSeconds})`;
}
