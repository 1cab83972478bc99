import { and, asc, desc, eq, getTableColumns, lt, lte, isNull, or, sql } from 'drizzle-orm';
import type { DeliveryStore } from '../../calls/webhooks/webhook-ports.ts';
import { beforeCursor, toPage } from '../connection/cursor.ts';
import { instantOf } from '../connection/instant.ts';
import type { Database, Queries } from '../connection/database.ts';
import { callEvents } from '../schema/calls.ts';
import { webhookDeliveries as deliveries, webhookEndpoints as endpoints } from '../schema/webhooks.ts';
import { toDelivery, toEndpoint } from './webhook-row.ts';

/** What is sent to endpoints. The rows are made by the trigger `fan_out_events`, in the transaction of their event. */
export function deliveryStore(database: Database): DeliveryStore {
  return {
    claimDelivery: (request) =>
      database.run(async (db) => {
        const claimed = await claimHead(db, request);
        if (claimed) return claimed;
        const [head] = await db
          .select({ until: sql<string>`greatest(${deliveries.nextAttemptAt}, ${deliveries.lockedUntil})` })
          .from(deliveries)
          .where(pendingOf(request))
          .orderBy(asc(deliveries.sequence))
          .limit(1);
        return head ? { is: 'waiting', until: new Date(head.until) } : { is: 'nothing' };
      }),

    async findDelivery(id, tenantId) {
      const [row] = await database.run((db) =>
        db
          .select()
          .from(deliveries)
          .where(and(eq(deliveries.id, id), eq(deliveries.tenantId, tenantId))),
      );
      return row ? toDelivery(row) : null;
    },

    async settleDelivery(id, result) {
      const { state, status = null } = result;
      await database.run((db) =>
        db
          .update(deliveries)
          .set({
            state,
            lockedUntil: null,
            lastStatus: status,
            lastError: result.state === 'delivered' ? null : result.error,
            ...(result.state === 'pending' && { nextAttemptAt: instantOf({ inSeconds: result.retryInSeconds }) }),
            ...(result.state === 'delivered' && { deliveredAt: sql`now()` }),
          })
          // A sender that was slower than its lock must not undo what another achieved.
          .where(and(eq(deliveries.id, id), eq(deliveries.state, 'pending'))),
      );
    },

    async listDeliveries({ tenantId, endpointId, callId, state, cursor, limit }) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(deliveries)
          .where(
            and(
              eq(deliveries.tenantId, tenantId),
              endpointId === undefined ? undefined : eq(deliveries.endpointId, endpointId),
              callId === undefined ? undefined : eq(deliveries.callId, callId),
              state && eq(deliveries.state, state),
              beforeCursor({ createdAt: deliveries.createdAt, id: deliveries.id }, cursor),
            ),
          )
          .orderBy(desc(deliveries.createdAt), desc(deliveries.id))
          .limit(limit + 1),
      );
      const { page, nextCursor } = toPage(rows, limit);
      return { deliveries: page.map(toDelivery), nextCursor };
    },

    async redeliver(id, tenantId) {
      const row = await database.run((db) => reopen(db, { id, tenantId }));
      return row ? toDelivery(row) : null;
    },
  };
}

type Line = { endpointId: string; callId: string };

const pendingOf = ({ endpointId, callId }: Line) =>
  and(eq(deliveries.endpointId, endpointId), eq(deliveries.callId, callId), eq(deliveries.state, 'pending'));

async function claimHead(db: Queries, request: Line & { lockSeconds: number }) {
  const head = db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(pendingOf(request))
    .orderBy(asc(deliveries.sequence))
    .limit(1);
  const claimed = db.$with('claimed').as(
    db
      .update(deliveries)
      .set({
        attempts: sql`${deliveries.attempts} + 1`,
        lockedUntil: sql`now() + make_interval(secs => ${request.lockSeconds})`,
      })
      .where(
        and(
          eq(deliveries.id, sql`(${head})`),
          eq(deliveries.state, 'pending'),
          lte(deliveries.nextAttemptAt, sql`now()`),
          or(isNull(deliveries.lockedUntil), lt(deliveries.lockedUntil, sql`now()`)),
        ),
      )
      .returning(),
  );
  const { changeId: _changeId, ...eventColumns } = getTableColumns(callEvents);
  const [row] = await db
    .with(claimed)
    .select({ delivery: claimed._.selectedFields, endpoint: getTableColumns(endpoints), event: eventColumns })
    .from(claimed)
    .innerJoin(endpoints, eq(endpoints.id, claimed.endpointId))
    .innerJoin(callEvents, and(eq(callEvents.callId, claimed.callId), eq(callEvents.sequence, claimed.sequence)));
  if (!row) return undefined;
  const { delivery, endpoint, event } = row;
  return { is: 'claimed', delivery: toDelivery(delivery), endpoint: toEndpoint(endpoint), event } as const;
}

async function reopen(db: Queries, { id, tenantId }: { id: string; tenantId: string }) {
  const written = db.$with('written').as(
    db
      .update(deliveries)
      .set({ state: 'pending', attempts: 0, nextAttemptAt: sql`now()`, lockedUntil: null, deliveredAt: null })
      .where(and(eq(deliveries.id, id), eq(deliveries.tenantId, tenantId)))
      .returning(),
  );
  const job = db.$with('job', { job_id: sql<string>`job_id`.as('job_id') }).as(sql`
    SELECT (graphile_worker.add_job('deliver-webhook',
      json_build_object('callId', call_id, 'endpointId', endpoint_id, 'tenantId', tenant_id),
      job_key := 'webhook:' || call_id || ':' || endpoint_id)).id AS job_id FROM written`);
  const [row] = await db.with(written, job).select().from(written).crossJoin(job);
  return row?.written;
}
