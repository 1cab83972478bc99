import { bigint, index, text } from 'drizzle-orm/pg-core';
import { instant, parley } from './parley.ts';

/** Texts that an agent's file had, as the console read or wrote them. */
export const agentVersions = parley
  .table(
    'agent_versions',
    {
      id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
      agent: text('agent').notNull(),
      /** Of the text, as HTTP has it. */
      etag: text('etag').notNull(),
      text: text('text').notNull(),
      at: instant('at').notNull().defaultNow(),
      /** Name of the key that wrote it; null where it was found on disk. */
      savedBy: text('saved_by'),
    },
    (table) => [index('agent_versions_agent').on(table.agent, table.id)],
  )
  .enableRLS();
