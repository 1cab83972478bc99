import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, text, unique } from 'drizzle-orm/pg-core';
import type { CallEventType } from '../../calls/call.ts';
import { callEvents, calls } from './calls.ts';
import { instant, oneOf, parley } from './parley.ts';
import { tenants } from './tenants.ts';

export const endpointKinds = ['events', 'resume'] as const;
export const deliveryStates = ['pending', 'delivered', 'dead'] as const;

/** Where events are sent: the endpoints of a tenant and, with `call_id`, those that one dispatch request named. */
export const webhookEndpoints = parley
  .table(
    'webhook_endpoints',
    {
      id: text('id').primaryKey(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      callId: text('call_id').references(() => calls.id, { onDelete: 'cascade' }),
      /** `resume` gets the bare final report, unsigned, as a workflow's wait step expects it. */
      kind: text('kind', { enum: endpointKinds }).notNull().default('events'),
      url: text('url').notNull(),
      /** Only calls of this agent; null: of all. */
      agent: text('agent'),
      events: text('events').array().$type<CallEventType[]>().notNull(),
      /** Standard Webhooks secret, `whsec_…`. */
      secret: text('secret').notNull(),
      /** The secret before the last rotation; both sign until `previous_secret_until`. */
      previousSecret: text('previous_secret'),
      previousSecretUntil: instant('previous_secret_until'),
      createdAt: instant('created_at').notNull().defaultNow(),
      disabledAt: instant('disabled_at'),
      disabledReason: text('disabled_reason'),
    },
    (table) => [
      oneOf('webhook_endpoints_kind', table.kind, endpointKinds),
      index('webhook_endpoints_tenant')
        .on(table.tenantId)
        .where(sql`${table.callId} IS NULL`),
      index('webhook_endpoints_call')
        .on(table.callId)
        .where(sql`${table.callId} IS NOT NULL`),
    ],
  )
  .enableRLS();

/** One row per event and endpoint, written by a trigger in the transaction that writes the event. */
export const webhookDeliveries = parley
  .table(
    'webhook_deliveries',
    {
      /** Also the `webhook-id` header, so that a receiver recognises a repetition. */
      id: text('id').primaryKey(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      endpointId: text('endpoint_id')
        .notNull()
        .references(() => webhookEndpoints.id, { onDelete: 'cascade' }),
      callId: text('call_id').notNull(),
      sequence: integer('sequence').notNull(),
      state: text('state', { enum: deliveryStates }).notNull().default('pending'),
      attempts: integer('attempts').notNull().default(0),
      nextAttemptAt: instant('next_attempt_at').notNull().defaultNow(),
      /** A sender is at work on it until then. */
      lockedUntil: instant('locked_until'),
      lastStatus: integer('last_status'),
      lastError: text('last_error'),
      createdAt: instant('created_at').notNull().defaultNow(),
      deliveredAt: instant('delivered_at'),
    },
    (table) => [
      oneOf('webhook_deliveries_state', table.state, deliveryStates),
      unique('webhook_deliveries_event').on(table.endpointId, table.callId, table.sequence),
      foreignKey({
        name: 'webhook_deliveries_event_fk',
        columns: [table.callId, table.sequence],
        foreignColumns: [callEvents.callId, callEvents.sequence],
      }).onDelete('cascade'),
      index('webhook_deliveries_tenant').on(table.tenantId, table.createdAt, table.id),
      index('webhook_deliveries_call').on(table.callId, table.sequence),
      index('webhook_deliveries_pending')
        .on(table.nextAttemptAt)
        .where(sql`${table.state} = 'pending'`),
    ],
  )
  .enableRLS();
