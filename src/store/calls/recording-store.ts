import { and, asc, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { BegunRecording, RecordingState, RecordingStore } from '../../calls/recordings/recording-ports.ts';
import type { Database, Queries } from '../connection/database.ts';
import { recordings } from '../schema/recordings.ts';

export function recordingStore(database: Database): RecordingStore {
  return {
    async begin(recording) {
      await database.run((db) => write(db, { ...recording, durationMs: null, bytes: null, state: 'recording' }));
    },

    settle: (recording) => database.run((db) => write(db, recording)),

    async list(callId) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(recordings)
          .where(and(eq(recordings.callId, callId), isNull(recordings.unwantedAt)))
          .orderBy(asc(recordings.startedMs), asc(recordings.id)),
      );
      return rows.map(({ callName, callId: _id, unwantedAt: _at, ...recording }) => ({
        ...recording,
        callId: callName,
      }));
    },

    async listUnwanted(limit) {
      const { id, tenantId, callName, storage } = recordings;
      return database.run((db) =>
        db
          .select({ id, tenantId, callId: callName, storage })
          .from(recordings)
          .where(or(isNull(recordings.callId), isNotNull(recordings.unwantedAt)))
          .limit(limit),
      );
    },

    async forget(ids) {
      if (ids.length === 0) return;
      await database.run((db) => db.delete(recordings).where(inArray(recordings.id, [...ids])));
    },
  };
}

/** What was kept stays kept, whoever comes late. False: nobody may keep it. */
async function write(
  db: Queries,
  recording: BegunRecording & { durationMs: number | null; bytes: number | null; state: RecordingState },
): Promise<boolean> {
  const { id, callId, tenantId, startedMs, durationMs, bytes, state, storage } = recording;
  const { rows } = await db.execute(sql`
    INSERT INTO parley.recordings AS r (id, tenant_id, call_name, call_id, started_ms, duration_ms, bytes, state, storage)
    SELECT ${id}, c.tenant_id, c.id, c.id, ${startedMs}::int, ${durationMs}::int, ${bytes}::bigint, ${state}, ${storage}
    FROM parley.calls c
    WHERE c.id = ${callId} AND c.tenant_id = ${tenantId} AND c.erased_at IS NULL AND c.words_erased_at IS NULL
    ON CONFLICT (id) DO UPDATE SET
      duration_ms = coalesce(excluded.duration_ms, r.duration_ms), bytes = coalesce(excluded.bytes, r.bytes),
      state = CASE WHEN r.state = 'kept' OR excluded.state = 'recording' THEN r.state ELSE excluded.state END
    WHERE r.call_id IS NOT NULL AND r.unwanted_at IS NULL
    RETURNING id`);
  return rows.length > 0;
}
