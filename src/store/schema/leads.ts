import { sql } from 'drizzle-orm';
import { index, jsonb, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import type { DoNotCallSource } from '../../calls/do-not-call/do-not-call-ports.ts';
import { bytes } from './dials.ts';
import { instant, parley } from './parley.ts';
import { tenants } from './tenants.ts';

/** People to call, one per email address and tenant. */
export const leads = parley
  .table(
    'leads',
    {
      id: text('id').primaryKey(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      /** Lower case. */
      email: text('email').notNull(),
      name: text('name'),
      phoneNumber: text('phone_number'),
      company: text('company'),
      data: jsonb('data')
        .$type<Record<string, unknown>>()
        .notNull()
        .default(sql`'{}'`),
      createdAt: instant('created_at').notNull().defaultNow(),
      updatedAt: instant('updated_at').notNull().defaultNow(),
    },
    (table) => [
      unique('leads_tenant_email').on(table.tenantId, table.email),
      index('leads_tenant_created').on(table.tenantId, table.createdAt, table.id),
      // What is past its time.
      index('leads_tenant_updated').on(table.tenantId, table.updatedAt),
      index('leads_tenant_phone').on(table.tenantId, table.phoneNumber),
    ],
  )
  .enableRLS();

/** Numbers that are never called: by one tenant or, on the operator's list, by any. */
export const doNotCall = parley
  .table(
    'do_not_call',
    {
      /** `dnc_` + ULID. */
      id: text('id').primaryKey(),
      /** Null: the operator's list. */
      tenantId: text('tenant_id').references(() => tenants.id),
      /** By which it is found, also when the number was erased. */
      numberHash: bytes('number_hash').notNull(),
      /** E.164; null: erased. */
      phoneNumber: text('phone_number'),
      reason: text('reason').notNull(),
      source: text('source').$type<DoNotCallSource>().notNull(),
      /** In which somebody said so. */
      callId: text('call_id'),
      createdAt: instant('created_at').notNull().defaultNow(),
    },
    (table) => [
      uniqueIndex('do_not_call_number').on(sql`coalesce(${table.tenantId}, '')`, table.numberHash),
      index('do_not_call_listed').on(table.tenantId, table.createdAt, table.id),
    ],
  )
  .enableRLS();
