import { text } from 'drizzle-orm/pg-core';
import { instant, parley } from './parley.ts';

/** Which replica does a task that all could do. */
export const shifts = parley
  .table('shifts', {
    task: text('task').primaryKey(),
    /** Made up by the process. */
    replica: text('replica').notNull(),
    until: instant('until').notNull(),
  })
  .enableRLS();
