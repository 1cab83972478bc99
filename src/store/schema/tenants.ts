import { bigint, index, integer, jsonb, text } from 'drizzle-orm/pg-core';
import type { BrowserBounds } from '../../calls/keys/browser-bounds.ts';
import type { KeyScope } from '../../calls/ports.ts';
import { instant, parley } from './parley.ts';

/** Whoever calls are placed for. Every other row belongs to one. */
export const tenants = parley
  .table('tenants', {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** Signs the webhooks of single calls; endpoints have secrets of their own. Standard Webhooks form, `whsec_…`. */
    webhookSecret: text('webhook_secret').notNull(),
    /** After so many days no recording is kept, nothing of what was said, nothing of the call at all, or no lead; null: for ever. */
    audioDays: integer('audio_days'),
    wordsDays: integer('words_days'),
    callsDays: integer('calls_days'),
    leadsDays: integer('leads_days'),
    createdAt: instant('created_at').notNull().defaultNow(),
  })
  .enableRLS();

export const apiKeys = parley
  .table(
    'api_keys',
    {
      id: text('id').primaryKey(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      name: text('name').notNull(),
      /** The first characters, to recognise a key by. */
      prefix: text('prefix').notNull(),
      /** SHA-256 of the key, hex. Keys have at least 128 random bits, so no slow hash is needed. */
      hash: text('hash').notNull().unique(),
      scopes: text('scopes').array().$type<KeyScope[]>().notNull(),
      createdAt: instant('created_at').notNull().defaultNow(),
      lastUsedAt: instant('last_used_at'),
      revokedAt: instant('revoked_at'),
      expiresAt: instant('expires_at'),
      /** Sessions of the console that began before this are over. */
      sessionsFrom: instant('sessions_from'),
      /** Of a key that is in a web page: what it is bound to. */
      browser: jsonb('browser').$type<BrowserBounds>(),
    },
    (table) => [index('api_keys_tenant').on(table.tenantId, table.createdAt)],
  )
  .enableRLS();

/** What retention deleted, and when. */
export const retentionRuns = parley
  .table(
    'retention_runs',
    {
      id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      /** Recordings that were deleted by themselves, calls of which the words were erased, and calls that were deleted whole. */
      recordingsDeleted: integer('recordings_deleted').notNull().default(0),
      wordsErased: integer('words_erased').notNull(),
      callsDeleted: integer('calls_deleted').notNull(),
      leadsDeleted: integer('leads_deleted').notNull().default(0),
      at: instant('at').notNull().defaultNow(),
    },
    (table) => [index('retention_runs_tenant').on(table.tenantId, table.at)],
  )
  .enableRLS();

/** One row per accepted `Idempotency-Key` of an API key, for 24 hours. */
export const idempotencyKeys = parley
  .table(
    'idempotency_keys',
    {
      /** `<api key id>:<Idempotency-Key>`. */
      id: text('id').primaryKey(),
      /** SHA-256 of method, path and body, hex. */
      requestHash: text('request_hash').notNull(),
      response: jsonb('response').$type<{ status: number; body: unknown }>().notNull(),
      expiresAt: instant('expires_at').notNull(),
    },
    (table) => [index('idempotency_keys_expires').on(table.expiresAt)],
  )
  .enableRLS();

/** Who changed what through the API. */
export const auditLog = parley
  .table(
    'audit_log',
    {
      id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      keyId: text('key_id')
        .notNull()
        .references(() => apiKeys.id),
      /** Method and route, such as `DELETE /api/calls/{id}`. */
      action: text('action').notNull(),
      /** The id of what was changed. */
      target: text('target'),
      requestId: text('request_id').notNull(),
      /** HTTP status of the answer. */
      status: integer('status').notNull(),
      at: instant('at').notNull().defaultNow(),
    },
    (table) => [index('audit_log_tenant').on(table.tenantId, table.id)],
  )
  .enableRLS();
