import { index, integer, numeric, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, parley } from './parley.ts';
import { tenants } from './tenants.ts';

/** What an operator set for a trunk of LiveKit. Null takes the setting of the environment. */
export const trunkSettings = parley
  .table(
    'trunk_settings',
    {
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      /** `ST_…` */
      trunkId: text('trunk_id').notNull(),
      direction: text('direction').$type<'outbound' | 'inbound'>().notNull(),
      /** Shown to the person called, E.164. */
      fromNumber: text('from_number'),
      /** For an inbound trunk: the agent that answers. */
      agent: text('agent'),
      /** ISO 3166 codes. */
      allowedCountries: text('allowed_countries').array(),
      maxCalls: integer('max_calls'),
      callsPerSecond: numeric('calls_per_second', { mode: 'number' }),
      createdAt: instant('created_at').notNull().defaultNow(),
      updatedAt: instant('updated_at').notNull().defaultNow(),
    },
    (table) => [
      primaryKey({ columns: [table.tenantId, table.trunkId] }),
      index('trunk_settings_trunk').on(table.trunkId),
    ],
  )
  .enableRLS();

/** When a trunk may dial next; shared by all tenants and replicas, since the carrier counts per trunk. */
export const trunkPacing = parley
  .table('trunk_pacing', {
    trunkId: text('trunk_id').primaryKey(),
    nextDialAt: instant('next_dial_at').notNull(),
  })
  .enableRLS();
