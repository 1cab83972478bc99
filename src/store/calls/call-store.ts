import { and, asc, desc, eq, gt, gte, inArray, lt, ne, sql } from 'drizzle-orm';
import { newChange } from '../../calls/change-id.ts';
import { CallError } from '../../calls/errors.ts';
import type { CallQuery, CallStore } from '../../calls/ports.ts';
import { liveStates } from '../../calls/call-state.ts';
import { dispatchColumns, leaseColumns, toCall, toCostLine, toDispatchRecord, toTurn } from './call-row.ts';
import { appendToCall, changeCallRow, insertCallRow, isUnheld } from './call-writes.ts';
import { beforeCursor, toPage } from '../connection/cursor.ts';
import type { Database, Queries } from '../connection/database.ts';
import { eraseCallRow } from './erase-call.ts';
import { callAttempts, callCosts, callEvents, callTurns, calls } from '../schema/calls.ts';
import { idempotencyKeys } from '../schema/tenants.ts';
import { refusingCount } from './refusal-of-count.ts';
import { saidInCall } from './said-in-call.ts';
import { isViolationOf } from '../connection/violation.ts';
import { storableJson } from '../connection/storable.ts';
import { writeOnce } from '../connection/write-once.ts';

/** Calls and all that belongs to them. Every method but erasing is one statement, and survives a restart of PostgreSQL. */
export function callStore(database: Database): CallStore {
  return {
    async insertCall(call, event) {
      const row = await refusingCount(call, () =>
        writeOnce(database, {
          callId: call.id,
          change: newChange(),
          perform: async (db, changeId) =>
            (await insertCallRow(db, { call, event, changeId })) ?? (await findRow(db, call.id)),
          performed: (db) => findRow(db, call.id),
        }),
      );
      if (!row) throw new Error(`Call ${call.id} was inserted and is gone.`);
      return toCall(row);
    },

    async insertCallOnce(call, event, key) {
      const insert = () =>
        writeOnce(database, {
          callId: call.id,
          change: newChange(),
          perform: (db, changeId) => insertCallRow(db, { call, event, key, changeId }),
          performed: (db) => findRow(db, call.id),
        });
      for (;;) {
        try {
          const row = await refusingCount(call, insert);
          return row ? toCall(row) : null;
        } catch (error) {
          if (!isViolationOf('idempotency_keys_pkey', error)) throw error;
          if (!(await deleteIfExpired(database, key.id))) return null;
        }
      }
    },

    async findCall(id, tenantId) {
      const row = await database.run((db) => findRow(db, id));
      return row && (tenantId === undefined || row.tenantId === tenantId) ? toCall(row) : null;
    },

    async findForDispatch(id) {
      const [row] = await database.run((db) => db.select(dispatchColumns).from(calls).where(eq(calls.id, id)));
      return row ? toDispatchRecord(row) : null;
    },

    listCalls: (query) => database.run((db) => listCallRows(db, query)),

    async transition(change) {
      const row = await writeOnce(database, {
        callId: change.callId,
        change: change.change ?? newChange(),
        perform: (db, changeId) => changeCallRow(db, { change, changeId }),
        performed: (db) => findRow(db, change.callId),
      });
      return row ? toCall(row) : null;
    },

    async record(callId, batch, by = {}) {
      const { events = [], turns = [], costs = [], answeredAt, report, chosen, unlessErased = false } = batch;
      if (events.length + turns.length + costs.length === 0 && !answeredAt && !report && !chosen) return;
      const known = await writeOnce(database, {
        callId,
        change: by.change ?? newChange(),
        perform: (db, changeId) =>
          appendToCall(db, {
            callId,
            changeId,
            epoch: by.epoch,
            events,
            turns,
            costs,
            answeredAt,
            report,
            chosen,
            unlessErased,
          }),
        performed: async () => true,
      });
      if (!known) throw new CallError('call_not_found', `There is no call ${callId}.`);
    },

    listEvents: (callId, afterSequence = 0) =>
      database.run((db) =>
        db
          .select({
            callId: callEvents.callId,
            sequence: callEvents.sequence,
            type: callEvents.type,
            at: callEvents.at,
            data: callEvents.data,
          })
          .from(callEvents)
          .where(and(eq(callEvents.callId, callId), gt(callEvents.sequence, afterSequence)))
          .orderBy(asc(callEvents.sequence)),
      ),

    async listTurns(callId) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(callTurns)
          .where(eq(callTurns.callId, callId))
          .orderBy(asc(callTurns.startedMs), asc(callTurns.index)),
      );
      // Each session counts its turns from a number of its own; here they are one conversation.
      return rows.map((row, index) => ({ ...toTurn(row), index }));
    },

    async listCosts(callId) {
      const rows = await database.run((db) =>
        db.select().from(callCosts).where(eq(callCosts.callId, callId)).orderBy(asc(callCosts.id)),
      );
      return rows.map(toCostLine);
    },

    async listAttempts(callId) {
      const rows = await database.run((db) =>
        db.select().from(callAttempts).where(eq(callAttempts.callId, callId)).orderBy(asc(callAttempts.attempt)),
      );
      return rows.map(
        ({ callId: _callId, tenantId: _tenant, phoneNumber: _number, trunkId: _trunk, ...attempt }) => attempt,
      );
    },

    async listEnded(callIds, endedForSeconds) {
      if (callIds.length === 0) return [];
      const since = sql`now() - make_interval(secs => ${endedForSeconds})`;
      const rows = await database.run((db) =>
        db
          .select({ id: calls.id })
          .from(calls)
          .where(and(inArray(calls.id, [...callIds]), eq(calls.state, 'ended'), lt(calls.stateSince, since))),
      );
      return rows.map(({ id }) => id);
    },

    async takeLease({ callId, tenantId, owner, seconds }) {
      const [row] = await database.run((db) =>
        db
          .update(calls)
          .set({ leaseOwner: owner, leaseUntil: sql`now() + make_interval(secs => ${seconds})` })
          .where(
            and(
              eq(calls.id, callId),
              tenantId === undefined ? undefined : eq(calls.tenantId, tenantId),
              inArray(calls.state, ['dispatching', ...liveStates]),
              isUnheld(),
            ),
          )
          .returning(leaseColumns),
      );
      // An answer that was lost on the way: the call is this owner's, who never had it before.
      const taken = row ?? (await database.run((db) => findHeld(db, { callId, owner })));
      if (!taken) return null;
      const { talkedSeconds, ...call } = taken;
      return { call: toCall(call), epoch: call.leaseEpoch, talkedSeconds };
    },

    async renewLeases(leases, seconds) {
      if (leases.length === 0) return [];
      const { rows } = await database.run((db) =>
        db.execute<{ id: string }>(sql`
          UPDATE parley.calls c SET lease_until = now() + make_interval(secs => ${seconds})
          FROM jsonb_to_recordset(${JSON.stringify(leases)}::jsonb) AS l("callId" text, epoch bigint)
          WHERE c.id = l."callId" AND c.lease_epoch = l.epoch AND c.lease_owner IS NOT NULL RETURNING c.id`),
      );
      return rows.map((row) => row.id);
    },

    async releaseProcess(process) {
      await database.run((db) =>
        db
          .update(calls)
          .set({ leaseUntil: sql`now()` })
          .where(and(ne(calls.state, 'ended'), sql`starts_with(${calls.leaseOwner}, ${`${process}/`})`)),
      );
    },

    async eraseCall(id, tenantId) {
      const row = await database.run((db) => eraseCallRow(db, { id, tenantId }));
      return row ? toCall(row) : null;
    },
  };
}

/** A key that nobody swept up yet holds no request back. */
async function deleteIfExpired(database: Database, id: string): Promise<boolean> {
  const deleted = await database.run((db) =>
    db
      .delete(idempotencyKeys)
      .where(and(eq(idempotencyKeys.id, id), lt(idempotencyKeys.expiresAt, sql`now()`)))
      .returning({ id: idempotencyKeys.id }),
  );
  return deleted.length > 0;
}

async function findHeld(db: Queries, { callId, owner }: { callId: string; owner: string }) {
  const [row] = await db
    .select(leaseColumns)
    .from(calls)
    .where(and(eq(calls.id, callId), eq(calls.leaseOwner, owner)));
  return row;
}

async function findRow(db: Queries, id: string) {
  const [row] = await db.select().from(calls).where(eq(calls.id, id));
  return row;
}

async function listCallRows(db: Queries, query: CallQuery) {
  const { tenantId, states, agent, phoneNumber, leadId, createdAfter, createdBefore, limit } = query;
  const { outcome, endReason, direction, trunkId, metadata, said } = query;
  const rows = await db
    .select()
    .from(calls)
    .where(
      and(
        eq(calls.tenantId, tenantId),
        states && inArray(calls.state, states),
        agent === undefined ? undefined : eq(calls.agent, agent),
        phoneNumber === undefined ? undefined : eq(calls.phoneNumber, phoneNumber),
        leadId === undefined ? undefined : eq(calls.leadId, leadId),
        // Told as what they are: then the planner sees that their indexes fit. They are of closed lists.
        outcome && sql`${calls.outcome} = ${sql.raw(`'${outcome}'`)}`,
        endReason && sql`${calls.endReason} = ${sql.raw(`'${endReason}'`)}`,
        direction && sql`${calls.direction} = ${sql.raw(`'${direction}'`)}`,
        trunkId === undefined ? undefined : eq(calls.trunkId, trunkId),
        metadata && sql`${calls.metadata} @> ${storableJson(metadata)}::jsonb AND ${calls.metadata} <> '{}'`,
        ...(said === undefined ? [] : saidInCall(said)),
        createdAfter && gte(calls.createdAt, createdAfter),
        createdBefore && lt(calls.createdAt, createdBefore),
        beforeCursor({ createdAt: calls.createdAt, id: calls.id }, query.cursor),
      ),
    )
    .orderBy(desc(calls.createdAt), desc(calls.id))
    .limit(limit + 1);
  const { page, nextCursor } = toPage(rows, limit);
  return { calls: page.map(toCall), nextCursor };
}
