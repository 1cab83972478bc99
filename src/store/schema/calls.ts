import { sql, type SQLWrapper } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  numeric,
  primaryKey,
  real,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { callStates, hungUpBy, outcomes } from '../../calls/call-state.ts';
import type {
  CallEventType,
  CallLimits,
  CostLine,
  Direction,
  Expectation,
  Turn,
  TurnEnding,
} from '../../calls/call.ts';
import type { EndReason } from '../../calls/end/end-reason.ts';
import { leads } from './leads.ts';
import { instant, oneOf, parley } from './parley.ts';
import { tenants } from './tenants.ts';

const emptyObject = sql`'{}'`;

export const calls = parley
  .table(
    'calls',
    {
      id: text('id').primaryKey(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      direction: text('direction').$type<Direction>().notNull(),
      state: text('state', { enum: callStates }).notNull(),
      stateSince: instant('state_since').notNull().defaultNow(),
      agent: text('agent').notNull(),
      pipeline: text('pipeline').notNull(),
      pipelineOverrides: jsonb('pipeline_overrides').$type<Record<string, unknown>>().notNull().default(emptyObject),
      phoneNumber: text('phone_number'),
      fromNumber: text('from_number'),
      trunkId: text('trunk_id'),
      /** LiveKit's name of the room, where it is not the id: calls that came in by phone. */
      room: text('room'),
      /** The browser key that asked for it, whose own limits count it. */
      keyId: text('key_id'),
      leadId: text('lead_id').references(() => leads.id, { onDelete: 'set null' }),
      playbook: text('playbook'),
      variables: jsonb('variables').$type<Record<string, string>>().notNull().default(emptyObject),
      metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull().default(emptyObject),
      limits: jsonb('limits').$type<CallLimits>().notNull().default(emptyObject),
      plan: jsonb('plan').$type<Record<string, unknown>>().notNull().default(emptyObject),
      /** Earliest time of the next attempt. */
      notBefore: instant('not_before'),
      outcome: text('outcome', { enum: outcomes }),
      endReason: text('end_reason').$type<EndReason>(),
      hungUpBy: text('hung_up_by', { enum: hungUpBy }),
      attempt: integer('attempt').notNull().default(1),
      createdAt: instant('created_at').notNull().defaultNow(),
      dialedAt: instant('dialed_at'),
      answeredAt: instant('answered_at'),
      endedAt: instant('ended_at'),
      /** When retention removed what was said. */
      wordsErasedAt: instant('words_erased_at'),
      /** When personal data was removed. */
      erasedAt: instant('erased_at'),
      costUsd: numeric('cost_usd').notNull().default('0'),
      report: jsonb('report').$type<Record<string, unknown>>(),
      /** The session that runs it, while the lease lasts. */
      leaseOwner: text('lease_owner'),
      leaseUntil: instant('lease_until'),
      /** Grows by one whenever the owner is another; a trigger sees to it, whoever writes. */
      leaseEpoch: bigint('lease_epoch', { mode: 'number' }).notNull().default(0),
      /** Sequence of its newest event. Incremented under the row's lock, which is what keeps sequences without gaps. */
      lastSequence: integer('last_sequence').notNull().default(0),
    },
    (table) => [
      oneOf('calls_direction', table.direction, ['outbound', 'inbound', 'web'] satisfies Direction[]),
      oneOf('calls_state', table.state, callStates),
      oneOf('calls_outcome', table.outcome, outcomes),
      oneOf('calls_hung_up_by', table.hungUpBy, hungUpBy),
      index('calls_tenant_created').on(table.tenantId, table.createdAt, table.id),
      index('calls_tenant_agent').on(table.tenantId, table.agent, table.createdAt, table.id),
      index('calls_tenant_phone').on(table.tenantId, table.phoneNumber, table.createdAt, table.id),
      index('calls_lead')
        .on(table.leadId)
        .where(sql`${table.leadId} IS NOT NULL`),
      // What a dashboard asks for by day, and what is counted together.
      index('calls_day').on(sql`((${table.createdAt} AT TIME ZONE 'UTC')::date)`),
      // What a tenant spent in the last hours.
      index('calls_tenant_since').on(table.tenantId, table.stateSince),
      // Only the few calls that are not over: admission, queue positions and the sweeper read nothing else.
      index('calls_open')
        .on(table.tenantId, table.state, table.createdAt)
        .where(sql`${table.state} <> 'ended'`),
      // How many are under way to one number.
      index('calls_number_open')
        .on(table.tenantId, table.phoneNumber)
        .where(sql`${table.state} <> 'ended'`),
      index('calls_key_open')
        .on(table.keyId)
        .where(sql`${table.state} <> 'ended' AND ${table.keyId} IS NOT NULL`),
      // What is looked for among many; a plain outbound call is in none of them.
      index('calls_outcome')
        .on(table.tenantId, table.outcome, table.createdAt, table.id)
        .where(sql`${table.outcome} IS NOT NULL`),
      index('calls_end_reason')
        .on(table.tenantId, table.endReason, table.createdAt, table.id)
        .where(sql`${table.endReason} IS NOT NULL`),
      index('calls_incoming')
        .on(table.tenantId, table.direction, table.createdAt, table.id)
        .where(sql`${table.direction} <> 'outbound'`),
      index('calls_trunk')
        .on(table.tenantId, table.trunkId, table.createdAt, table.id)
        .where(sql`${table.trunkId} IS NOT NULL`),
      index('calls_metadata')
        .using('gin', sql`${table.metadata} jsonb_path_ops`)
        .where(sql`${table.metadata} <> '{}'`),
      // What is past its time.
      index('calls_ended')
        .on(table.tenantId, table.endedAt)
        .where(sql`${table.endedAt} IS NOT NULL`),
      index('calls_trunk_open')
        .on(table.trunkId, table.state)
        .where(sql`${table.state} <> 'ended'`),
      index('calls_leases')
        .on(table.leaseUntil)
        .where(sql`${table.state} <> 'ended'`),
    ],
  )
  .enableRLS();

const callId = () =>
  text('call_id')
    .notNull()
    .references(() => calls.id, { onDelete: 'cascade' });

/** One row per time a phone was dialled. */
export const callAttempts = parley
  .table(
    'call_attempts',
    {
      callId: callId(),
      attempt: integer('attempt').notNull(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      phoneNumber: text('phone_number'),
      trunkId: text('trunk_id'),
      dialedAt: instant('dialed_at').notNull(),
      answeredAt: instant('answered_at'),
      endedAt: instant('ended_at'),
      outcome: text('outcome', { enum: outcomes }),
      endReason: text('end_reason').$type<EndReason>(),
      /** SIP status of a failed attempt, such as 486. */
      sipStatus: integer('sip_status'),
    },
    (table) => [
      primaryKey({ columns: [table.callId, table.attempt] }),
      index('call_attempts_number').on(table.tenantId, table.phoneNumber, table.dialedAt),
    ],
  )
  .enableRLS();

export const callEvents = parley
  .table(
    'call_events',
    {
      callId: callId(),
      sequence: integer('sequence').notNull(),
      type: text('type').$type<CallEventType>().notNull(),
      at: instant('at').notNull().defaultNow(),
      data: jsonb('data').$type<Record<string, unknown>>().notNull().default(emptyObject),
      /** Made with the event, so that a write repeated after a lost connection is recognised, and refused where it comes late. */
      changeId: uuid('change_id').notNull(),
    },
    (table) => [
      primaryKey({ columns: [table.callId, table.sequence] }),
      uniqueIndex('call_events_change').on(table.callId, table.changeId),
    ],
  )
  .enableRLS();

/** What is looked for in a turn, in any language: no stems, no stop words. What no tsvector has room for is left out. */
export const wordsOfTurn = (text: SQLWrapper) => sql`to_tsvector('simple', left(${text}, 100000))`;

/** What was said, and how the end of each turn of the caller was found. Times are milliseconds since the answer. */
export const callTurns = parley
  .table(
    'call_turns',
    {
      callId: callId(),
      index: integer('index').notNull(),
      role: text('role').$type<Turn['role']>().notNull(),
      text: text('text').notNull(),
      startedMs: integer('started_ms').notNull(),
      endedMs: integer('ended_ms').notNull(),
      interrupted: boolean('interrupted').notNull(),
      /** Which agent spoke. */
      agent: text('agent'),
      endOfTurnMs: integer('end_of_turn_ms'),
      sttMs: integer('stt_ms'),
      llmFirstTokenMs: integer('llm_first_token_ms'),
      ttsFirstAudioMs: integer('tts_first_audio_ms'),
      totalMs: integer('total_ms'),
      endedBy: text('ended_by').$type<TurnEnding['endedBy']>(),
      silenceMs: integer('silence_ms'),
      expected: text('expected').$type<Expectation>(),
      endProbability: real('end_probability'),
      noiseFloorDbfs: smallint('noise_floor_dbfs'),
      cutOff: boolean('cut_off'),
      talkedOnMs: integer('talked_on_ms'),
    },
    (table) => [
      primaryKey({ columns: [table.callId, table.index] }),
      index('call_turns_words').using('gin', wordsOfTurn(table.text)),
    ],
  )
  .enableRLS();

/** Every priced use of a provider. Their sum is `calls.cost_usd`. */
export const callCosts = parley
  .table(
    'call_costs',
    {
      id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
      callId: callId(),
      component: text('component').$type<CostLine['component']>().notNull(),
      provider: text('provider').notNull(),
      model: text('model').notNull(),
      quantity: numeric('quantity', { mode: 'number' }).notNull(),
      unit: text('unit').notNull(),
      usd: numeric('usd').notNull(),
      source: text('source').$type<CostLine['source']>().notNull(),
      lost: boolean('lost').notNull().default(false),
      at: instant('at').notNull().defaultNow(),
      changeId: uuid('change_id').notNull(),
    },
    (table) => [
      index('call_costs_call').on(table.callId, table.id),
      uniqueIndex('call_costs_change').on(table.callId, table.changeId),
    ],
  )
  .enableRLS();

/** Messages that callers left with an agent. */
export const callMessages = parley
  .table(
    'call_messages',
    {
      id: text('id').primaryKey(),
      callId: callId(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      callerName: text('caller_name'),
      phoneNumber: text('phone_number'),
      text: text('text').notNull(),
      createdAt: instant('created_at').notNull().defaultNow(),
    },
    (table) => [
      index('call_messages_tenant').on(table.tenantId, table.createdAt, table.id),
      index('call_messages_call').on(table.callId),
    ],
  )
  .enableRLS();
