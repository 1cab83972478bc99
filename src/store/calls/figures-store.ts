import { sql } from 'drizzle-orm';
import { callStates } from '../../calls/call-state.ts';
import type { Database } from '../connection/database.ts';

/** What is in the queues of the whole installation, over all tenants. */
export type QueueFigures = {
  /** Every state that is not the last, with how many calls are in it. */
  calls: { state: string; count: number }[];
  pendingDeliveries: number;
  /** Of the delivery that is overdue for longest; 0 when none is. */
  overdueSeconds: number;
  /** In the last 24 hours, of the tenant that spent most, USD. */
  spentUsd: number;
};

type Row = { calls: Record<string, number> | null; pending: number; overdue: number; spent: number };

/** One statement over indexes: what is open is little, whatever has been. */
export async function readQueueFigures(database: Database): Promise<QueueFigures> {
  const { rows } = await database.run((db) =>
    db.execute<Row>(sql`
      SELECT
        (SELECT json_object_agg(state, count) FROM (
          SELECT state, count(*)::int AS count FROM parley.calls WHERE state <> 'ended' GROUP BY state) AS open) AS calls,
        count(*)::int AS pending,
        coalesce(greatest(0, extract(epoch FROM now() - min(next_attempt_at) FILTER (WHERE place = 1))), 0)::float8 AS overdue,
        (SELECT coalesce(max(spent.usd), 0)::float8 FROM parley.tenants t, LATERAL (
          SELECT sum(cost_usd) AS usd FROM parley.calls
          WHERE tenant_id = t.id AND state_since > now() - interval '24 hours') AS spent) AS spent
      -- The events of a call go to an endpoint in order: what waits behind another one is not late itself.
      FROM (SELECT next_attempt_at, row_number() OVER (PARTITION BY endpoint_id, call_id ORDER BY sequence) AS place
        FROM parley.webhook_deliveries WHERE state = 'pending') AS waiting`),
  );
  const row = rows[0] as Row;
  return {
    calls: callStates.filter((state) => state !== 'ended').map((state) => ({ state, count: row.calls?.[state] ?? 0 })),
    pendingDeliveries: row.pending,
    overdueSeconds: row.overdue,
    spentUsd: row.spent,
  };
}
