import { sql, type SQL } from 'drizzle-orm';
import { type ChangeId, UnwritableError } from '../../calls/change-id.ts';
import { sqlStateOf } from './connection-error.ts';
import type { Database, Queries } from './database.ts';
import { isViolationOf } from './violation.ts';

/** Classes of SQLSTATE that say that the statement itself is at fault: data, integrity, syntax and access. */
const statementIsWrong = /^(22|23|42)/;

/**
 * Runs a write that must not happen twice, even when its answer was lost with the connection, and even when PostgreSQL carries it
 * out late, after its repetition: every event and cost line that it adds has an id that follows from `change.id`, and no id can be
 * there twice.
 * @throws UnwritableError when the database can never take it
 */
export async function writeOnce<T>(
  database: Database,
  write: {
    callId: string;
    change: ChangeId;
    perform: (queries: Queries, changeId: string) => Promise<T>;
    /** The answer when an earlier attempt turns out to have been carried out. */
    performed: (queries: Queries) => Promise<T>;
  },
): Promise<T> {
  const { callId, change, perform, performed } = write;
  try {
    return await database.run(async (queries, attempt) => {
      if ((attempt > 0 || change.repeated) && (await isThere(queries, callId, change.id))) return performed(queries);
      return perform(queries, change.id);
    });
  } catch (error) {
    if (isViolationOf('call_events_change', error) || isViolationOf('call_costs_change', error))
      return database.run(performed);
    const state = sqlStateOf(error);
    if (state && statementIsWrong.test(state))
      throw new UnwritableError(`The database refuses the write (SQLSTATE ${state}).`, { cause: error });
    throw error;
  }
}

async function isThere(queries: Queries, callId: string, id: string): Promise<boolean> {
  const found = await queries.execute(sql`
    SELECT 1 FROM parley.call_events WHERE call_id = ${callId} AND change_id = ${id}::uuid
    UNION ALL
    SELECT 1 FROM parley.call_costs WHERE call_id = ${callId} AND change_id = ${costChangeId(id, sql`1`)}`);
  return found.rows.length > 0;
}

/** The first event of a change bears its id, the others one that follows from it. */
export function eventChangeId(id: string, position: SQL): SQL {
  return sql`CASE WHEN ${position} = 1 THEN ${id}::uuid ELSE md5(${id}::text || ':' || ${position})::uuid END`;
}

export function costChangeId(id: string, position: SQL): SQL {
  return sql`md5(${id}::text || ':cost:' || ${position})::uuid`;
}
