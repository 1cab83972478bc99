import { sql } from 'drizzle-orm';
import { bigint, index, integer, text } from 'drizzle-orm/pg-core';
import { recordingStates, type RecordingStorage } from '../../calls/recordings/recording-ports.ts';
import { calls } from './calls.ts';
import { instant, oneOf, parley } from './parley.ts';
import { tenants } from './tenants.ts';

/** Files of what was said. The rows outlive their calls until the files are deleted. */
export const recordings = parley
  .table(
    'recordings',
    {
      id: text('id').primaryKey(),
      /** Whose file it is also when the call is gone. */
      tenantId: text('tenant_id')
        .notNull()
        .references(() => tenants.id),
      /** The name of its folder, for as long as there is a file. */
      callName: text('call_name').notNull(),
      /** Null: the call is gone, and the file is to go. */
      callId: text('call_id').references(() => calls.id, { onDelete: 'set null' }),
      /** Milliseconds from the answer of the call to the first sample. */
      startedMs: integer('started_ms').notNull(),
      durationMs: integer('duration_ms'),
      bytes: bigint('bytes', { mode: 'number' }),
      state: text('state', { enum: recordingStates }).notNull(),
      storage: text('storage').$type<RecordingStorage>().notNull(),
      createdAt: instant('created_at').notNull().defaultNow(),
      /** Since when it is to go. */
      unwantedAt: instant('unwanted_at'),
    },
    (table) => [
      oneOf('recordings_state', table.state, recordingStates),
      oneOf('recordings_storage', table.storage, ['folder', 's3'] satisfies RecordingStorage[]),
      index('recordings_call').on(table.callId, table.startedMs),
      index('recordings_unwanted')
        .on(table.id)
        .where(sql`${table.callId} IS NULL OR ${table.unwantedAt} IS NOT NULL`),
    ],
  )
  .enableRLS();
