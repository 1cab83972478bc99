import { sql } from 'drizzle-orm';
import { bigint, check, date, index, integer, numeric, text } from 'drizzle-orm/pg-core';
import type { Outcome } from '../../calls/call-state.ts';
import type { CostLine, Direction } from '../../calls/call.ts';
import type { EndReason } from '../../calls/end/end-reason.ts';
import { instant, parley } from './parley.ts';

/** What is counted together. Days and hours are those of a call's creation, UTC. */
const whose = () => ({
  tenantId: text('tenant_id').notNull(),
  direction: text('direction').$type<Direction>().notNull(),
  agent: text('agent').notNull(),
  pipeline: text('pipeline').notNull(),
});
const counts = () => ({
  endReason: text('end_reason').$type<EndReason>(),
  outcome: text('outcome').$type<Outcome>(),
  calls: bigint('calls', { mode: 'number' }).notNull(),
  openCalls: bigint('open_calls', { mode: 'number' }).notNull(),
  answered: bigint('answered', { mode: 'number' }).notNull(),
  /** Answered and over: what `talkSeconds` is the sum of. */
  talked: bigint('talked', { mode: 'number' }).notNull(),
  talkSeconds: numeric('talk_seconds').notNull(),
  costUsd: numeric('cost_usd').notNull(),
});
const day = () => date('day').notNull();

/** Kept for nine days: what is older is looked at by the day. */
export const callHours = parley
  .table('call_hours', { hour: instant('hour').notNull(), ...whose(), ...counts() }, (table) => [
    index('call_hours_hour').on(table.tenantId, table.hour),
  ])
  .enableRLS();

export const callDays = parley
  .table('call_days', { day: day(), ...whose(), ...counts() }, (table) => [
    index('call_days_day').on(table.tenantId, table.day),
  ])
  .enableRLS();

export const costDays = parley
  .table(
    'cost_days',
    {
      day: day(),
      ...whose(),
      component: text('component').$type<CostLine['component']>().notNull(),
      provider: text('provider').notNull(),
      model: text('model').notNull(),
      unit: text('unit').notNull(),
      priceSource: text('price_source').$type<CostLine['source']>().notNull(),
      calls: bigint('calls', { mode: 'number' }).notNull(),
      quantity: numeric('quantity').notNull(),
      costUsd: numeric('cost_usd').notNull(),
    },
    (table) => [index('cost_days_day').on(table.tenantId, table.day)],
  )
  .enableRLS();

export const latencyDays = parley
  .table(
    'latency_days',
    {
      day: day(),
      ...whose(),
      stage: text('stage').notNull(),
      answers: bigint('answers', { mode: 'number' }).notNull(),
      minMs: integer('min_ms').notNull(),
      p50Ms: integer('p50_ms').notNull(),
      p90Ms: integer('p90_ms').notNull(),
      p95Ms: integer('p95_ms').notNull(),
      maxMs: integer('max_ms').notNull(),
    },
    (table) => [index('latency_days_day').on(table.tenantId, table.day)],
  )
  .enableRLS();

/** Hours in which something changed since they were counted; written with the change, and read as the calls themselves until recounted. */
export const staleHours = parley
  .table('stale_hours', { tenantId: text('tenant_id').notNull(), hour: instant('hour').notNull() }, (table) => [
    index('stale_hours_hour').on(table.tenantId, table.hour),
  ])
  .enableRLS();

/** One row: everything created before is counted. */
export const countedUntil = parley
  .table('counted_until', { id: integer('id').primaryKey().default(1), until: instant('until').notNull() }, (table) => [
    check('counted_until_one', sql`${table.id} = 1`),
  ])
  .enableRLS();
