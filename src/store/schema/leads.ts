import { sql } from 'drizzle-orm';
import { index, jsonb, primaryKey, text, unique } from 'drizzle-orm/pg-core';
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
      index('leads_tenant_phone').on(table.tenantId, table.phoneNumber),
    ],
  )
  .enableRLS();

/** Numbers that are never called. */
export const doNotCall = parley
  .table(
    'do_not_call',
    {
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      /** E.164. */
      phoneNumber: text('phone_number').notNull(),
      reason: text('reason').notNull(),
      createdAt: instant('created_at').notNull().defaultNow(),
    },
    (table) => [primaryKey({ columns: [table.tenantId, table.phoneNumber] })],
  )
  .enableRLS();
