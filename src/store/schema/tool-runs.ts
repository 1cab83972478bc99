import { sql } from 'drizzle-orm';
import { index, integer, jsonb, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { ToolOutcome } from '../../calls/tools/tool-outcome.ts';
import { toolRunStates } from '../../calls/tools/tool-runs.ts';
import { calls } from './calls.ts';
import { instant, oneOf, parley } from './parley.ts';

/** Executions of the tools of agents, written before they are sent. */
export const callToolRuns = parley
  .table(
    'call_tool_runs',
    {
      /** `tool_` + ULID, from call, turn, tool and arguments; sent as `Idempotency-Key`. */
      id: text('id').primaryKey(),
      callId: text('call_id')
        .notNull()
        .references(() => calls.id, { onDelete: 'cascade' }),
      tool: text('tool').notNull(),
      turn: integer('turn').notNull(),
      arguments: jsonb('arguments').$type<Record<string, unknown>>().notNull(),
      argumentsHash: text('arguments_hash').notNull(),
      state: text('state', { enum: toolRunStates }).notNull().default('sent'),
      outcome: jsonb('outcome').$type<ToolOutcome>(),
      /** Whoever knows it may send the answer later. */
      resumeToken: text('resume_token').notNull(),
      /** Of the request that wrote it. */
      claim: uuid('claim').notNull(),
      createdAt: instant('created_at').notNull().defaultNow(),
      settledAt: instant('settled_at'),
      /** When the caller had heard what came of it; then the same may be asked for anew. */
      toldAt: instant('told_at'),
    },
    (table) => [
      oneOf('call_tool_runs_state', table.state, toolRunStates),
      index('call_tool_runs_call').on(table.callId, table.createdAt),
      // One at a time, whichever process asks.
      uniqueIndex('call_tool_runs_open')
        .on(table.callId, table.tool, table.argumentsHash)
        .where(sql`${table.toldAt} IS NULL`),
    ],
  )
  .enableRLS();
