import { sql } from 'drizzle-orm';
import type { JobQueue } from '../calls/dispatch-ports.ts';
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
  };
}
