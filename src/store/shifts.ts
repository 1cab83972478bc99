import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { WorkAlone } from '../calls/admission/dispatch-ports.ts';
import type { OutageWatch } from '../calls/end/outage-watch.ts';
import type { Database } from './connection/database.ts';

/** A replica that stalls loses its shift so soon; all that it does is harmless when another one does it as well. */
const shiftSeconds = 8;
/** A replica that is not fit waits so long for one that is. */
const unfitWaitSeconds = 6;

/**
 * One replica at a time does a task that all could do. It keeps the shift for as long as it works on, by the database's clock;
 * the others ask with one statement each time. How the database answers is noted in `watch`, also by those who have no shift.
 * @param isFit One that is not, such as one whose LiveKit is down, gives its shift up, and takes one only that nobody else wants.
 */
export function workAlone(
  database: Database,
  { task, watch, isFit = () => true }: { task: string; watch: Pick<OutageWatch, 'asked'>; isFit?: () => boolean },
): WorkAlone {
  const replica = randomUUID();
  return async (work) => {
    const fit = isFit();
    const { rows } = await watch.asked(() =>
      database.run((db) =>
        db.execute(sql`
        INSERT INTO parley.shifts AS s (task, replica, until) VALUES (${task}, ${replica}, now() + make_interval(secs => ${shiftSeconds}))
        ON CONFLICT (task) DO UPDATE SET replica = excluded.replica, until = excluded.until
        WHERE (s.replica = excluded.replica AND ${fit}::boolean)
          OR s.until < now() - make_interval(secs => ${fit ? 0 : unfitWaitSeconds}) RETURNING task`),
      ),
    );
    if (rows.length === 0) return false;
    await work();
    return true;
  };
}
