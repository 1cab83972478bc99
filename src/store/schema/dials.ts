import { customType, index, integer, numeric, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, parley } from './parley.ts';
import { tenants } from './tenants.ts';

/** Bytes, as a `Buffer`. */
export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** The key under which numbers are hashed, as the two pads of HMAC-SHA256 (RFC 2104). One row. */
export const numberKey = parley
  .table('number_key', {
    innerPad: bytes('inner_pad').notNull(),
    outerPad: bytes('outer_pad').notNull(),
  })
  .enableRLS();

/**
 * What each dialling of a phone may cost, was found to cost, and to which number it went, as a keyed hash. It belongs to no call:
 * erasing or deleting a call changes nothing about how often its number was dialled or what was spent.
 */
export const dials = parley
  .table(
    'dials',
    {
      callId: text('call_id').notNull(),
      attempt: integer('attempt').notNull(),
      /** `callee`, or `transfer_` + ULID where somebody was called into the call. */
      leg: text('leg').notNull(),
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      trunkId: text('trunk_id').notNull(),
      numberHash: bytes('number_hash').notNull(),
      destination: text('destination').notNull(),
      usdPerMinute: numeric('usd_per_minute').notNull(),
      usdPerCall: numeric('usd_per_call').notNull(),
      incrementSeconds: integer('increment_seconds').notNull(),
      /** Held back for the longest call there may be, until it is settled. */
      reservedUsd: numeric('reserved_usd').notNull(),
      createdAt: instant('created_at').notNull().defaultNow(),
      /** Null while the call is being prepared. */
      dialedAt: instant('dialed_at'),
      /** Of a transfer; the callee's times are those of the call. */
      answeredAt: instant('answered_at'),
      endedAt: instant('ended_at'),
      settledAt: instant('settled_at'),
      usd: numeric('usd'),
    },
    (table) => [
      primaryKey({ columns: [table.callId, table.attempt, table.leg] }),
      index('dials_number').on(table.tenantId, table.numberHash, table.dialedAt),
      // What is reserved (no time), and what was settled lately.
      index('dials_settled').on(table.tenantId, table.settledAt),
    ],
  )
  .enableRLS();
