import { boolean, text } from 'drizzle-orm/pg-core';
import { instant, parley } from './parley.ts';

/** Workers that run, or are starting: each says so every few seconds. */
export const workers = parley
  .table('workers', {
    /** Made up by the process. */
    id: text('id').primaryKey(),
    state: text('state', { enum: ['starting', 'ready', 'draining'] }).notNull(),
    /** Whether it has the embedded models; null: its version does not say. */
    embedded: boolean('embedded'),
    seenAt: instant('seen_at').notNull().defaultNow(),
  })
  .enableRLS();
