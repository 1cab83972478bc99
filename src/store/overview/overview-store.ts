import { sql, type SQL } from 'drizzle-orm';
import type { CallFigures, Overview, OverviewSpan, OverviewStore } from '../../calls/overview/overview.ts';
import { overviewSpans } from '../../calls/overview/overview.ts';
import { brieflyKept } from '../briefly-kept.ts';
import type { Database } from '../database.ts';
import { readSample } from './read-sample.ts';

/** Many pages that look at the same tenant ask once. */
const keptMs = 10_000;
const newestPerProblem = 3;

type GroupRow = {
  bucket: Date | null;
  end_reason: Overview['endReasons'][number]['endReason'] | null;
  outcome: Overview['endReasons'][number]['outcome'] | null;
  total: boolean;
  calls: number;
  answered: number;
  completed: number;
  failed: number;
  talk: number;
  cost: string;
};

export function overviewStore(database: Database): OverviewStore {
  const kept = brieflyKept(
    (key: string) => {
      const { tenantId, span, agent } = JSON.parse(key) as Parameters<OverviewStore['read']>[0];
      return read(database, { tenantId, span, agent });
    },
    { milliseconds: keptMs, mostKept: 1000 },
  );
  return { read: ({ tenantId, span, agent }) => kept.get(JSON.stringify({ tenantId, span, agent })) };
}

async function read(
  database: Database,
  { tenantId, span, agent }: { tenantId: string; span: OverviewSpan; agent: string | undefined },
): Promise<Overview> {
  const { bucketSeconds, buckets } = overviewSpans[span];
  const bucketMs = bucketSeconds * 1000;
  const to = new Date(Math.ceil((Date.now() + 1) / bucketMs) * bucketMs);
  const from = new Date(to.getTime() - buckets * bucketMs);
  const which = sql`tenant_id = ${tenantId} AND created_at >= ${from.toISOString()}::timestamptz${
    agent === undefined ? sql`` : sql` AND agent = ${agent}`
  }`;
  const [groups, problems, sample] = await Promise.all([
    readGroups(database, { which, from, bucketSeconds }),
    readProblems(database, which),
    readSample(database, which),
  ]);
  const perBucket = new Map(groups.flatMap((row) => (row.bucket ? [[row.bucket.getTime(), figuresOf(row)]] : [])));
  const whole = groups.find(({ total }) => total);
  return {
    from,
    to,
    bucketSeconds,
    totals: whole ? figuresOf(whole) : nothing,
    buckets: Array.from({ length: buckets }, (_, index) => {
      const start = new Date(from.getTime() + index * bucketMs);
      return { from: start, ...(perBucket.get(start.getTime()) ?? nothing) };
    }),
    endReasons: groups
      .flatMap(({ end_reason: endReason, outcome, calls }) =>
        endReason && outcome ? [{ endReason, outcome, calls }] : [],
      )
      .toSorted((a, b) => b.calls - a.calls),
    problems,
    ...sample,
  };
}

const nothing: CallFigures = { calls: 0, answered: 0, completed: 0, failed: 0, talkSeconds: 0, costUsd: '0' };

const figuresOf = ({ calls, answered, completed, failed, talk, cost }: GroupRow): CallFigures => ({
  calls,
  answered,
  completed,
  failed,
  talkSeconds: talk,
  costUsd: cost,
});

/** One walk over the rows: the buckets, the end reasons and the whole. */
async function readGroups(
  database: Database,
  { which, from, bucketSeconds }: { which: SQL; from: Date; bucketSeconds: number },
): Promise<GroupRow[]> {
  const { rows } = await database.run((db) =>
    db.execute<Omit<GroupRow, 'bucket'> & { bucket_at: number | null }>(sql`
      SELECT extract(epoch FROM bucket)::float8 AS bucket_at, end_reason, outcome, grouping(bucket, end_reason) = 3 AS total,
        count(*)::int AS calls, count(answered_at)::int AS answered,
        count(answered_at) FILTER (WHERE outcome = 'completed')::int AS completed,
        count(*) FILTER (WHERE outcome = 'failed')::int AS failed,
        coalesce(sum(extract(epoch FROM ended_at - answered_at)), 0)::float8 AS talk,
        coalesce(sum(cost_usd), 0)::text AS cost
      FROM (
        SELECT date_bin(make_interval(secs => ${bucketSeconds}), created_at, ${from.toISOString()}::timestamptz) AS bucket,
          end_reason, outcome, answered_at, ended_at, cost_usd
        FROM parley.calls WHERE ${which}) AS c
      GROUP BY GROUPING SETS ((bucket), (end_reason, outcome), ())`),
  );
  return rows.map(({ bucket_at: at, ...row }) => ({ ...row, bucket: at === null ? null : new Date(at * 1000) }));
}

/** What ended badly, by reason; the index on outcomes leads to it. */
async function readProblems(database: Database, which: SQL): Promise<Overview['problems']> {
  const { rows } = await database.run((db) =>
    db.execute<{
      end_reason: Overview['problems'][number]['endReason'];
      calls: number;
      ids: string[];
      at: number[];
    }>(sql`
      SELECT end_reason, count(*)::int AS calls,
        (array_agg(id ORDER BY created_at DESC))[1:${sql.raw(String(newestPerProblem))}] AS ids,
        (array_agg(extract(epoch FROM created_at)::float8 ORDER BY created_at DESC))[1:${sql.raw(String(newestPerProblem))}] AS at
      FROM parley.calls WHERE ${which} AND outcome IN ('failed', 'unknown', 'blocked') AND end_reason IS NOT NULL
      GROUP BY end_reason ORDER BY calls DESC, end_reason`),
  );
  return rows.map(({ end_reason: endReason, calls, ids, at }) => ({
    endReason,
    calls,
    newest: ids.map((id, index) => ({ id, createdAt: new Date((at[index] ?? 0) * 1000) })),
  }));
}
