import { sql, type SQL } from 'drizzle-orm';
import type { Overview } from '../../calls/overview/overview.ts';
import { type LatencyField, latencyFields } from '../../calls/end/latency-json.ts';
import type { Database } from '../connection/database.ts';

/** Of how many answered calls the answers are looked at, whatever the time: a few thousand rows by their key. */
const sampledCalls = 300;
/** An answer that takes longer is noticed by everybody. */
const slowMs = 2_500;
const shown = 5;

type Row = {
  sampled: number;
  judged: number;
  succeeded: number;
  cut_off: number;
  cut_off_newest: { id: string; at: number }[] | null;
  slowest: { id: string; at: number; ms: number }[] | null;
  /** How many were measured, and the two percentiles. */
  stages: Record<LatencyField, [number, number, number]>;
};

/** What only the turns and reports of calls can tell, from the newest that were answered. */
export async function readSample(
  database: Database,
  which: SQL,
): Promise<Pick<Overview, 'sampledCalls' | 'stages' | 'slowest' | 'cutOff' | 'judged' | 'succeeded'>> {
  const figures = sql.join(
    latencyFields.map((column) => {
      const name = sql.raw(column);
      return sql`${column}::text, json_build_array(count(u.${name}),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY u.${name}), percentile_cont(0.95) WITHIN GROUP (ORDER BY u.${name}))`;
    }),
    sql`, `,
  );
  const columns = sql.raw(latencyFields.map((column) => `u.${column}`).join(', '));
  const { rows } = await database.run((db) =>
    db.execute<Row>(sql`
      WITH sample AS MATERIALIZED (
        SELECT id, created_at, report->'result'->'success' AS success FROM parley.calls
        WHERE ${which} AND answered_at IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT ${sampledCalls}),
      turns AS MATERIALIZED (
        SELECT s.created_at, u.call_id, u.cut_off, ${columns} FROM sample s JOIN parley.call_turns u ON u.call_id = s.id),
      per_call AS (
        SELECT call_id AS id, extract(epoch FROM created_at)::float8 AS at, max(total_ms) AS ms, bool_or(cut_off) AS cut_off
        FROM turns GROUP BY call_id, created_at)
      SELECT (SELECT count(*)::int FROM sample) AS sampled,
        (SELECT count(*)::int FROM sample WHERE jsonb_typeof(success) = 'boolean') AS judged,
        (SELECT count(*)::int FROM sample WHERE success = 'true') AS succeeded,
        (SELECT count(*)::int FROM per_call WHERE cut_off) AS cut_off,
        (SELECT json_agg(c) FROM (SELECT id, at FROM per_call WHERE cut_off ORDER BY at DESC LIMIT ${shown}) AS c) AS cut_off_newest,
        (SELECT json_agg(c) FROM (SELECT id, at, ms FROM per_call WHERE ms > ${slowMs} ORDER BY ms DESC LIMIT ${shown}) AS c) AS slowest,
        (SELECT json_build_object(${figures}) FROM turns u) AS stages`),
  );
  const row = rows[0]!;
  return {
    sampledCalls: row.sampled,
    judged: row.judged,
    succeeded: row.succeeded,
    stages: latencyFields.flatMap((stage) => {
      const [answers, p50, p95] = row.stages[stage];
      if (answers === 0) return [];
      return [{ stage, answers, p50Ms: Math.round(p50), p95Ms: Math.round(p95) }];
    }),
    cutOff: { calls: row.cut_off, newest: (row.cut_off_newest ?? []).map(placed) },
    slowest: (row.slowest ?? []).map((call) => ({ ...placed(call), slowestMs: call.ms })),
  };
}

const placed = ({ id, at }: { id: string; at: number }) => ({ id, createdAt: new Date(at * 1000) });
