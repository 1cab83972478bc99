import { sql } from 'drizzle-orm';
import type { JobQueue } from '../../calls/admission/dispatch-ports.ts';
import { longestAnalysisSeconds } from '../../calls/result/analyze-call.ts';
import { longestDeliverySeconds } from '../../calls/webhooks/webhook-ports.ts';
import type { Database } from './database.ts';
import { instantOf } from './instant.ts';

export function jobQueue(database: Database): JobQueue {
  return {
    async enqueue({ task, payload, runAt, key, earlierWins = false }) {
      const at = instantOf(runAt);
      await database.run((db) =>
        db.execute(sql`
          WITH job AS (
            SELECT * FROM graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json, run_at := ${at},
              job_key := ${key ?? null}, job_key_mode := ${earlierWins ? 'preserve_run_at' : 'replace'})
          )
          SELECT graphile_worker.reschedule_jobs(ARRAY[id], run_at := ${at}) FROM job WHERE run_at > ${at}`),
      );
    },

    async releaseStale(seconds) {
      await database.run((db) =>
        db.execute(sql`
          SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT locked_by)) FROM graphile_worker.jobs
          WHERE locked_at < now() - make_interval(secs => CASE task_identifier
            WHEN 'deliver-webhook' THEN ${longestDeliverySeconds}::int
            WHEN 'analyze-call' THEN ${longestAnalysisSeconds}::int ELSE ${seconds}::int END) HAVING count(*) > 0`),
      );
    },
  };
}
