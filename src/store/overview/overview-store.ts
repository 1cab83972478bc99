import { sql, type SQL } from 'drizzle-orm';
import type { Outcome } from '../../calls/call-state.ts';
import type { CallFigures, Overview, OverviewSpan, OverviewStore } from '../../calls/overview/overview.ts';
import { overviewSpans } from '../../calls/overview/overview.ts';
import { brieflyKept } from '../connection/briefly-kept.ts';
import type { Database } from '../connection/database.ts';
import { readSample } from './read-sample.ts';

/** For how long an answer is given again: many pages look at the same. */
const keptMs = 10_000;
const mostKept = 1000;
const newestPerProblem = 3;
const badly: ReadonlySet<Outcome> = new Set(['failed', 'unknown', 'blocked']);

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
      const [tenantId, span, agent] = JSON.parse(key) as [string, OverviewSpan, string | null];
      return read(database, { tenantId, span, agent: agent ?? undefined });
    },
    { milliseconds: keptMs, mostKept },
  );
  return { read: ({ tenantId, span, agent }) => kept.get(JSON.stringify([tenantId, span, agent])) };
}

async function read(
  database: Database,
  { tenantId, span, agent }: { tenantId: string; span: OverviewSpan; agent?: string | undefined },
): Promise<Overview> {
  const { bucketSeconds, buckets } = overviewSpans[span];
  const bucketMs = bucketSeconds * 1000;
  const to = new Date(Math.ceil((Date.now() + 1) / bucketMs) * bucketMs);
  const from = new Date(to.getTime() - buckets * bucketMs);
  const which = sql`tenant_id = ${tenantId}${agent === undefined ? sql`` : sql` AND agent = ${agent}`}`;
  const since = sql`${which} AND created_at >= ${from.toISOString()}::timestamptz`;
  const [groups, sample] = await Promise.all([
    readGroups(database, { which, from, bucketSeconds }),
    readSample(database, since),
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
    problems: await readProblems(database, since, groups),
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

const daySeconds = 86_400;

/** One walk over what was counted by the hour or the day; the buckets, the end reasons and the whole are sums of that. */
async function readGroups(
  database: Database,
  { which, from, bucketSeconds }: { which: SQL; from: Date; bucketSeconds: number },
): Promise<GroupRow[]> {
  const counted =
    bucketSeconds < daySeconds
      ? sql`SELECT *, hour AS at FROM analytics.call_counts_hourly WHERE ${which} AND hour >= ${from.toISOString()}::timestamptz`
      : sql`SELECT *, day::timestamp AT TIME ZONE 'UTC' AS at FROM analytics.call_counts_daily
          WHERE ${which} AND day >= ${from.toISOString().slice(0, 10)}::date`;
  const { rows } = await database.run((db) =>
    db.execute<Omit<GroupRow, 'bucket'> & { bucket_at: number | null }>(sql`
      SELECT extract(epoch FROM bucket)::float8 AS bucket_at, end_reason, outcome, grouping(bucket, end_reason) = 3 AS total,
        coalesce(sum(calls), 0)::int AS calls, coalesce(sum(answered), 0)::int AS answered,
        coalesce(sum(answered) FILTER (WHERE outcome = 'completed'), 0)::int AS completed,
        coalesce(sum(calls) FILTER (WHERE outcome = 'failed'), 0)::int AS failed,
        coalesce(sum(talk), 0)::float8 AS talk, coalesce(sum(cost), 0)::text AS cost
      FROM (
        SELECT date_bin(make_interval(secs => ${bucketSeconds}), at, ${from.toISOString()}::timestamptz) AS bucket, end_reason, outcome,
          sum(calls) AS calls, sum(answered) AS answered, sum(talk_seconds) AS talk, sum(cost_usd) AS cost
        FROM (${counted}) AS t GROUP BY 1, 2, 3) AS c
      GROUP BY GROUPING SETS ((bucket), (end_reason, outcome), ())`),
  );
  return rows.map(({ bucket_at: at, ...row }) => ({ ...row, bucket: at === null ? null : new Date(at * 1000) }));
}

/** What ended badly, by reason, the most frequent first, with the newest calls; an index on end reasons leads to each. */
async function readProblems(database: Database, which: SQL, groups: GroupRow[]): Promise<Overview['problems']> {
  const bad = groups.flatMap(({ end_reason: endReason, outcome, calls }) =>
    endReason && outcome && badly.has(outcome) ? [{ endReason, calls }] : [],
  );
  if (bad.length === 0) return [];
  const reasons = sql.join(
    bad.map(({ endReason }) => sql`(${endReason}::text)`),
    sql`, `,
  );
  const { rows } = await database.run((db) =>
    db.execute<{ reason: string; id: string; at: number }>(sql`
      SELECT r.reason, n.id, extract(epoch FROM n.created_at)::float8 AS at
      FROM (VALUES ${reasons}) AS r (reason), LATERAL (
        SELECT id, created_at FROM parley.calls WHERE ${which} AND end_reason = r.reason
        ORDER BY created_at DESC, id DESC LIMIT ${newestPerProblem}) AS n
      ORDER BY n.created_at DESC`),
  );
  return bad
    .map(({ endReason, calls }) => ({
      endReason,
      calls,
      newest: rows
        .filter(({ reason }) => reason === endReason)
        .map(({ id, at }) => ({ id, createdAt: new Date(at * 1000) })),
    }))
    .toSorted((a, b) => b.calls - a.calls);
}
