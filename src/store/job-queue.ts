import { sql } from 'drizzle-orm';
import type { JobQueue } from '../calls/admission/dispatch-ports.ts';
import type { Database } from './database.ts';

export function jobQueue(database: Database): JobQueue {
  return {
    async enqueue({ task, payload, runAt, key }) {
      await database.run((db) =>
        db.execute(sql`
          SELECT 1 FROM graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json,
            run_at := ${runAt?.toISOString() ?? null}::timestamptz, job_key := ${key ?? null})`),
      );
    },

    async releaseStale(seconds) {
      await database.run((db) =>
        db.execute(sql`
          SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT locked_by)) FROM graphile_worker.jobs
          WHERE locked_at < now() - make_interval(secs => ${seconds}) HAVING count(*) > 0`),
      );
    },
  };
}
