import { and, asc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import type {
  Admission,
  AdmissionFigures,
  AdmissionStore,
  Dial,
  DialPermit,
} from '../../calls/admission/dispatch-ports.ts';
import { newChange } from '../../calls/change-id.ts';
import { type CallState, liveStates, statesBefore } from '../../calls/call-state.ts';
import { brieflyKept } from '../connection/briefly-kept.ts';
import { dispatchColumns, toDispatchRecord } from './call-row.ts';
import type { Database } from '../connection/database.ts';
import { calls } from '../schema/calls.ts';
import { storableJson } from '../connection/storable.ts';
import { writeOnce } from '../connection/write-once.ts';

/** States in which a call takes one of the places that tenants and trunks have; `parley.places_of` says the same. */
const placed: readonly CallState[] = ['dispatching', ...liveStates];
const placedStates = sql.raw(placed.map((state) => `'${state}'`).join(', '));
const textArray = (values: readonly string[]) => sql`${`{${values.join(',')}}`}::text[]`;

/** What a tenant spent is a sum over a day of calls: it is asked for so often at most. */
const spentKeptMs = 1_000;

export function admissionStore(database: Database): AdmissionStore {
  const spent = brieflyKept((tenantId: string) => readSpent(database, tenantId), { milliseconds: spentKeptMs });
  return {
    async figures({ tenantId, trunkId, phoneNumber, callId = null }) {
      const spentUsd = spent.get(tenantId);
      const figures = database.run((db) =>
        db.execute<Omit<AdmissionFigures, 'spentUsd'>>(sql`
          SELECT
            parley.places_of(${tenantId}, ${callId}) AS "tenantCalls",
            (SELECT count(*)::int FROM parley.calls WHERE trunk_id = ${trunkId} AND state IN (${placedStates}))
              AS "trunkCalls",
            (SELECT count(*)::int FROM parley.calls WHERE trunk_id = ${trunkId} AND state = 'dispatching')
              AS "trunkPreparing",
            (SELECT count(*)::int FROM parley.calls WHERE tenant_id = ${tenantId} AND state = 'queued')
              AS "tenantQueued",
            parley.attempts_to(${tenantId}, ${phoneNumber}, ${callId}) AS "attemptsToNumber",
            (SELECT coalesce(sum(reserved_usd), 0)::text FROM parley.dials
              WHERE tenant_id = ${tenantId} AND settled_at IS NULL AND call_id IS DISTINCT FROM ${callId}) AS "reservedUsd",
            EXISTS (SELECT 1 FROM parley.do_not_call WHERE number_hash = parley.number_hash(${phoneNumber})
              AND (tenant_id = ${tenantId} OR tenant_id IS NULL)) AS "doNotCall"`),
      );
      const [{ rows }, { usd }] = await Promise.all([figures, spentUsd]);
      return { ...rows[0]!, spentUsd: usd };
    },

    async admit({ dial, maxTenantCalls, maxTrunkCalls, spendPerDayUsd, event }) {
      const { usd, at } = await spent.get(dial.tenantId);
      return writeOnce<Admission>(database, {
        callId: dial.callId,
        change: newChange(),
        perform: async (db, changeId) => {
          const { rows } = await db.execute<{ came: 'admitted' | 'tenant' | 'trunk' | 'spend' | 'gone' }>(sql`
            SELECT parley.admit_call(${dial.callId}, ${textArray(statesBefore('dispatching'))}, ${maxTenantCalls}, ${maxTrunkCalls},
              ${dialJson(dial)}::jsonb, ${spendPerDayUsd}::numeric, ${usd}::numeric, ${at}::timestamptz,
              ${event.type}, ${storableJson(event.data ?? {})}::jsonb, ${changeId}::uuid) AS came`);
          const { came } = rows[0]!;
          if (came === 'spend') return { is: 'full', of: 'tenant' };
          return came === 'tenant' || came === 'trunk' ? { is: 'full', of: came } : { is: came };
        },
        performed: async () => ({ is: 'admitted' }),
      });
    },

    async permit({ dial, attemptsPerNumberPerDay, spendPerDayUsd }) {
      const { usd, at } = await spent.get(dial.tenantId);
      const { rows } = await database.run((db) =>
        db.execute<{ found: DialPermit }>(sql`
          SELECT parley.permit_dial(${dialJson(dial)}::jsonb, ${attemptsPerNumberPerDay}, ${spendPerDayUsd}::numeric,
            ${usd}::numeric, ${at}::timestamptz) AS found`),
      );
      return rows[0]!.found;
    },

    async noteLeg({ callId, leg }, what) {
      const column = sql.raw(what === 'answered' ? 'answered_at' : 'ended_at');
      await database.run((db) =>
        db.execute(sql`
          UPDATE parley.dials SET ${column} = coalesce(${column}, now())
          WHERE call_id = ${callId} AND leg = ${leg} AND settled_at IS NULL`),
      );
    },

    async joinWebCall(callId, maxTenantCalls) {
      const { rows } = await database.run((db) =>
        db.execute<{ joined: boolean }>(sql`SELECT parley.join_web_call(${callId}, ${maxTenantCalls}) AS joined`),
      );
      return rows[0]!.joined;
    },

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
        db.execute<{ seconds: number }>(sql`
          INSERT INTO parley.trunk_pacing AS p (trunk_id, next_dial_at) VALUES (${trunkId}, now() + ${gap})
          ON CONFLICT (trunk_id) DO UPDATE SET next_dial_at = greatest(p.next_dial_at, now()) + ${gap}
          RETURNING extract(epoch FROM next_dial_at - ${gap} - now())::float8 AS seconds`),
      );
      return Math.max(0, rows[0]?.seconds ?? 0);
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

/** `at`: since when more may have been spent. */
async function readSpent(database: Database, tenantId: string): Promise<{ usd: string; at: string }> {
  const { rows } = await database.run((db) =>
    db.execute<{ usd: string; at: string }>(sql`
      SELECT coalesce(sum(cost_usd), 0)::text AS usd, now()::text AS at FROM parley.calls
      WHERE tenant_id = ${tenantId} AND state_since > now() - interval '24 hours'`),
  );
  return rows[0]!;
}

/** Under the names of the columns. */
function dialJson(dial: Dial): string {
  return storableJson({
    call_id: dial.callId,
    attempt: dial.attempt,
    leg: dial.leg,
    tenant_id: dial.tenantId,
    trunk_id: dial.trunkId,
    phone_number: dial.phoneNumber,
    destination: dial.destination,
    usd_per_minute: dial.usdPerMinute,
    usd_per_call: dial.usdPerCall,
    increment_seconds: dial.incrementSeconds,
    reserved_usd: dial.reservedUsd,
  });
}
