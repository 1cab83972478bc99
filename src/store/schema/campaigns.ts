import { sql } from 'drizzle-orm';
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  primaryKey,
  real,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import {
  type Breaker,
  type CampaignOrder,
  campaignStates,
  type Pacing,
  type PauseReason,
  recipientStates,
} from '../../calls/campaigns/campaign.ts';
import { outcomes } from '../../calls/call-state.ts';
import type { RetryRule } from '../../calls/place/call-plan.ts';
import { leads } from './leads.ts';
import { instant, oneOf, parley } from './parley.ts';
import { tenants } from './tenants.ts';

/** Many people called with one order. */
export const campaigns = parley
  .table(
    'campaigns',
    {
      id: text('id').primaryKey(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      name: text('name').notNull(),
      state: text('state', { enum: campaignStates }).notNull(),
      pauseReason: text('pause_reason').$type<PauseReason>(),
      pauseDetail: text('pause_detail'),
      order: jsonb('order').$type<CampaignOrder>().notNull(),
      trunkId: text('trunk_id').notNull(),
      notBefore: instant('not_before'),
      notAfter: instant('not_after'),
      retry: jsonb('retry').$type<RetryRule>(),
      pacing: jsonb('pacing').$type<Pacing>().notNull(),
      breaker: jsonb('breaker').$type<Breaker>().notNull(),
      maxSpendUsd: numeric('max_spend_usd'),
      /** Of the attempts that were settled. */
      spentUsd: numeric('spent_usd').notNull().default('0'),
      /** Of the recipient added last. */
      lastPosition: integer('last_position').notNull().default(0),
      createdAt: instant('created_at').notNull().defaultNow(),
      startedAt: instant('started_at'),
      endedAt: instant('ended_at'),
      /** The breaker counts what ended since. */
      countedSince: instant('counted_since').notNull().defaultNow(),
      /** When its job is due; one that is late was lost. Null: there is nothing to look for. */
      nextLookAt: instant('next_look_at'),
    },
    (table) => [
      oneOf('campaigns_state', table.state, campaignStates),
      index('campaigns_tenant_created').on(table.tenantId, table.createdAt, table.id),
      index('campaigns_running')
        .on(table.trunkId, table.tenantId)
        .where(sql`${table.state} = 'running'`),
      index('campaigns_due')
        .on(table.nextLookAt)
        .where(sql`${table.nextLookAt} IS NOT NULL`),
    ],
  )
  .enableRLS();

/** Whom a campaign calls: nobody twice. */
export const campaignRecipients = parley
  .table(
    'campaign_recipients',
    {
      campaignId: text('campaign_id')
        .notNull()
        .references(() => campaigns.id, { onDelete: 'cascade' }),
      position: integer('position').notNull(),
      /** E.164; null: erased. */
      phoneNumber: text('phone_number'),
      leadId: text('lead_id').references(() => leads.id, { onDelete: 'set null' }),
      variables: jsonb('variables')
        .$type<Record<string, string>>()
        .notNull()
        .default(sql`'{}'`),
      state: text('state', { enum: recipientStates }).notNull().default('waiting'),
      attempts: integer('attempts').notNull().default(0),
      tries: integer('tries').notNull().default(0),
      dueAt: instant('due_at').notNull().defaultNow(),
      outcome: text('outcome', { enum: outcomes }),
      reason: text('reason'),
    },
    (table) => [
      primaryKey({ columns: [table.campaignId, table.position] }),
      unique('campaign_recipients_number').on(table.campaignId, table.phoneNumber),
      oneOf('campaign_recipients_state', table.state, recipientStates),
      index('campaign_recipients_waiting')
        .on(table.campaignId, table.dueAt, table.position)
        .where(sql`${table.state} = 'waiting'`),
      index('campaign_recipients_calling')
        .on(table.campaignId)
        .where(sql`${table.state} = 'calling'`),
      index('campaign_recipients_lead')
        .on(table.leadId)
        .where(sql`${table.leadId} IS NOT NULL`),
      // Where a person's data is erased.
      index('campaign_recipients_phone').on(table.phoneNumber),
    ],
  )
  .enableRLS();

/**
 * One call to one recipient. It is written in the statement that writes the call and outlives it, so that a call that was
 * deleted is not placed again.
 */
export const campaignAttempts = parley
  .table(
    'campaign_attempts',
    {
      campaignId: text('campaign_id').notNull(),
      position: integer('position').notNull(),
      attempt: integer('attempt').notNull(),
      callId: text('call_id').notNull(),
      placedAt: instant('placed_at').notNull().defaultNow(),
      /** What a trigger keeps of the call when it ends. */
      endedAt: instant('ended_at'),
      outcome: text('outcome', { enum: outcomes }),
      /** The rule that forbade it. */
      rule: text('rule'),
      reason: text('reason'),
      /** From the answer; null: nobody answered. */
      talkedSeconds: real('talked_seconds'),
      optedOut: boolean('opted_out').notNull().default(false),
      usd: numeric('usd').notNull().default('0'),
    },
    (table) => [
      primaryKey({ columns: [table.campaignId, table.position, table.attempt] }),
      foreignKey({
        columns: [table.campaignId, table.position],
        foreignColumns: [campaignRecipients.campaignId, campaignRecipients.position],
        name: 'campaign_attempts_recipient',
      }).onDelete('cascade'),
      unique('campaign_attempts_call').on(table.callId),
      index('campaign_attempts_placed').on(table.campaignId, table.placedAt),
      index('campaign_attempts_ended').on(table.campaignId, table.endedAt),
    ],
  )
  .enableRLS();
