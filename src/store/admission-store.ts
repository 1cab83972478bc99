import { and, asc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import type { Admission, AdmissionFigures, AdmissionStore } from '../calls/admission/dispatch-ports.ts';
import { newChange } from '../calls/change-id.ts';
import { type CallState, liveStates, statesBefore } from '../calls/call-state.ts';
import { brieflyKept } from './briefly-kept.ts';
import { dispatchColumns, toDispatchRecord } from './call-row.ts';
import type { Database } from './database.ts';
import { calls } from './schema/calls.ts';
import { storableJson } from './storable.ts';
import { writeOnce } from './write-once.ts';

/** States in which a call takes one of the places that tenants and trunks have. */
const placed: readonly CallState[] = ['dispatching', ...liveStates];
const placedStates = sql.raw(placed.map((state) => `'${state}'`).join(', '));
const textArray = (values: readonly string[]) => sql`${`{${values.join(',')}}`}::text[]`;

/** What a tenant spent is a sum over a day of calls: it is asked for so often at most. */
const spentKeptMs = 1_000;

export function admissionStore(database: Database): AdmissionStore {
  const spent = brieflyKept((tenantId: string) => readSpentUsd(database, tenantId), { milliseconds: spentKeptMs });
  return {
    async figures({ tenantId, trunkId, phoneNumber }) {
      const spentUsd = spent.get(tenantId);
      const figures = database.run((db) =>
        db.execute<Omit<AdmissionFigures, 'spentUsd'>>(sql`
          SELECT
            (SELECT count(*)::int FROM parley.calls WHERE tenant_id = ${tenantId} AND state IN (${placedStates}))
              AS "tenantCalls",
            (SELECT count(*)::int FROM parley.calls WHERE trunk_id = ${trunkId} AND state IN (${placedStates}))
              AS "trunkCalls",
            (SELECT count(*)::int FROM parley.calls WHERE trunk_id = ${trunkId} AND state = 'dispatching')
              AS "trunkPreparing",
            (SELECT count(*)::int FROM parley.calls WHERE tenant_id = ${tenantId} AND state = 'queued')
              AS "tenantQueued",
            (SELECT count(*)::int FROM parley.call_attempts WHERE tenant_id = ${tenantId}
              AND phone_number = ${phoneNumber} AND dialed_at > now() - interval '24 hours') AS "attemptsToNumber",
            EXISTS (SELECT 1 FROM parley.do_not_call WHERE tenant_id = ${tenantId} AND phone_number = ${phoneNumber})
              AS "doNotCall"`),
      );
      const [{ rows }, usd] = await Promise.all([figures, spentUsd]);
      return { ...rows[0]!, spentUsd: usd };
    },

    admit: ({ callId, maxTenantCalls, maxTrunkCalls, event }) =>
      writeOnce<Admission>(database, {
        callId,
        change: newChange(),
        perform: async (db, changeId) => {
          const { rows } = await db.execute<{ came: 'admitted' | 'tenant' | 'trunk' | 'gone' }>(sql`
            SELECT parley.admit_call(${callId}, ${textArray(statesBefore('dispatching'))}, ${textArray(placed)}, ${maxTenantCalls},
              ${maxTrunkCalls}, ${event.type}, ${storableJson(event.data ?? {})}::jsonb, ${changeId}::uuid) AS came`);
          const { came } = rows[0]!;
          return came === 'tenant' || came === 'trunk' ? { is: 'full', of: came } : { is: came };
        },
        performed: async () => ({ is: 'admitted' }),
      }),

    async listQueued(tenantId, limit) {
      const rows = await database.run((db) =>
        db
          .select(dispatchColumns)
          .from(calls)
          .where(
            and(
              eq(calls.tenantId, tenantId),
              eq(calls.state, 'queued'),
              or(isNull(calls.notBefore), lte(calls.notBefore, sql`now()`)),
            ),
          )
          .orderBy(asc(calls.createdAt), asc(calls.id))
          .limit(limit),
      );
      return rows.map(toDispatchRecord);
    },

    async queuePosition(callId) {
      const { rows } = await database.run((db) =>
        db.execute<{ position: number }>(sql`
          SELECT (SELECT count(*)::int FROM parley.calls o WHERE o.tenant_id = c.tenant_id AND o.state = 'queued'
            AND (o.created_at, o.id) < (c.created_at, c.id)) AS position
          FROM parley.calls c WHERE c.id = ${callId} AND c.state = 'queued'`),
      );
      return rows[0]?.position ?? null;
    },

    async reserveDial(trunkId, callsPerSecond) {
      const gap = sql`make_interval(secs => ${1 / callsPerSecond})`;
      const { rows } = await database.run((db) =>
        db.execute<{ at: string }>(sql`
          INSERT INTO parley.trunk_pacing AS p (trunk_id, next_dial_at) VALUES (${trunkId}, now() + ${gap})
          ON CONFLICT (trunk_id) DO UPDATE SET next_dial_at = greatest(p.next_dial_at, now()) + ${gap}
          RETURNING next_dial_at - ${gap} AS at`),
      );
      return new Date(rows[0]?.at ?? Number.NaN);
    },

    async listAbandoned({ takeUpSeconds, leaseSeconds, limit }) {
      const overdue = sql`now() - make_interval(secs => ${takeUpSeconds})`;
      const rows = await database.run((db) =>
        db
          .select(dispatchColumns)
          .from(calls)
          .where(
            or(
              and(
                inArray(calls.state, ['dispatching', ...liveStates]),
                // A server that has just started had nobody renew a lease while it was away.
                sql`coalesce(${calls.leaseUntil} < now() AND pg_postmaster_start_time() < now() - make_interval(secs => ${leaseSeconds}),
                  ${calls.stateSince} < ${overdue})`,
              ),
              and(
                inArray(calls.state, ['scheduled', 'queued']),
                sql`greatest(${calls.stateSince}, ${calls.notBefore}) < ${overdue}`,
                sql`NOT EXISTS (SELECT 1 FROM graphile_worker.jobs j WHERE j.key = 'dispatch:' || ${calls.id}
                  AND j.attempts < j.max_attempts)`,
              ),
            ),
          )
          .orderBy(sql`coalesce(${calls.leaseUntil}, ${calls.stateSince})`)
          .limit(limit),
      );
      return rows.map(toDispatchRecord);
    },
  };
}

async function readSpentUsd(database: Database, tenantId: string): Promise<string> {
  const { rows } = await database.run((db) =>
    db.execute<{ usd: string }>(sql`
      SELECT coalesce(sum(cost_usd), 0)::text AS usd FROM parley.calls
      WHERE tenant_id = ${tenantId} AND state_since > now() - interval '24 hours'`),
  );
  return rows[0]!.usd;
}
