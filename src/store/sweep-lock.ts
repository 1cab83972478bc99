import { sql } from 'drizzle-orm';
import type { WorkAlone } from '../calls/admission/dispatch-ports.ts';
import type { Database } from './database.ts';

/** Arbitrary, but the same in every replica. */
const lockId = 7_265_398;

/** The lock goes with its transaction, so a replica that dies gives it back at once. */
export function workAlone(database: Database): WorkAlone {
  return (work) =>
    database.transaction(async (db) => {
      const { rows } = await db.execute<{ mine: boolean }>(sql`SELECT pg_try_advisory_xact_lock(${lockId}) AS mine`);
      if (!rows[0]?.mine) return false;
      await work();
      return true;
    });
}
