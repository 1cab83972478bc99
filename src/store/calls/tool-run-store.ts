import { and, asc, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { ToolRun, ToolRunStore } from '../../calls/tools/tool-runs.ts';
import type { Database, Queries } from '../connection/database.ts';
import { calls } from '../schema/calls.ts';
import { callToolRuns } from '../schema/tool-runs.ts';
import { storable, storableJson } from '../connection/storable.ts';

type Row = typeof callToolRuns.$inferSelect;

export function toolRunStore(database: Database): ToolRunStore {
  return {
    async begin(run) {
      const { epoch, arguments: given, ...columns } = run;
      return database.run(async (db) => {
        const values = { ...columns, arguments: JSON.parse(storableJson(given)) as Record<string, unknown> };
        // Somebody who writes the same at the same moment is seen when it is looked for again.
        for (;;) {
          const there = await findOpen(db, run);
          // Of this very request, when it was carried out and its answer lost.
          if (there) return { is: there.claim === run.claim ? 'new' : 'there', run: toRun(there) };
          const [owned] = await db
            .select({ id: calls.id })
            .from(calls)
            .where(and(eq(calls.id, run.callId), eq(calls.leaseEpoch, epoch)));
          if (!owned) return { is: 'not_owned' };
          const [row] = await db.insert(callToolRuns).values(values).onConflictDoNothing().returning();
          if (row) return { is: 'new', run: toRun(row) };
        }
      });
    },

    async reopen(id, { from, claim }) {
      const reopened = await database.run((db) =>
        db
          .update(callToolRuns)
          .set({ state: 'sent', claim })
          .where(
            and(eq(callToolRuns.id, id), or(inArray(callToolRuns.state, [...from]), eq(callToolRuns.claim, claim))),
          )
          .returning({ id: callToolRuns.id }),
      );
      return reopened.length > 0;
    },

    async settle(id, outcome) {
      await database.run((db) =>
        db
          .update(callToolRuns)
          .set({ state: outcome.is, outcome: sql`${storableJson(outcome)}::jsonb`, settledAt: sql`now()` })
          .where(and(eq(callToolRuns.id, id), inArray(callToolRuns.state, ['sent', 'failed', 'unknown']))),
      );
    },

    async told(id, { epoch }) {
      const owned = sql`EXISTS (SELECT 1 FROM parley.calls c WHERE c.id = ${callToolRuns.callId} AND c.lease_epoch = ${epoch})`;
      await database.run((db) =>
        db
          .update(callToolRuns)
          .set({ toldAt: sql`now()` })
          .where(
            and(
              eq(callToolRuns.id, id),
              inArray(callToolRuns.state, ['done', 'refused']),
              isNull(callToolRuns.toldAt),
              owned,
            ),
          ),
      );
    },

    async answer(id, { token, outcome }) {
      const [row] = await database.run((db) =>
        db
          .update(callToolRuns)
          .set({ state: outcome.is, outcome: sql`${storableJson(outcome)}::jsonb`, settledAt: sql`now()` })
          .where(
            and(
              eq(callToolRuns.id, id),
              eq(callToolRuns.resumeToken, storable(token)),
              inArray(callToolRuns.state, ['sent', 'waiting', 'unknown']),
            ),
          )
          .returning(),
      );
      return row ? toRun(row) : null;
    },

    async find(id) {
      const [row] = await database.run((db) => db.select().from(callToolRuns).where(eq(callToolRuns.id, id)));
      return row ? toRun(row) : null;
    },

    list: (callId) =>
      database.run(async (db) => {
        const rows = await db
          .select()
          .from(callToolRuns)
          .where(eq(callToolRuns.callId, callId))
          .orderBy(asc(callToolRuns.createdAt), asc(callToolRuns.id));
        return rows.map(toRun);
      }),
  };
}

/** The run that stands for this one: what came of it is not told, or it was asked for in the same turn. */
async function findOpen(
  db: Queries,
  { callId, tool, argumentsHash, turn }: Pick<Row, 'callId' | 'tool' | 'argumentsHash' | 'turn'>,
): Promise<Row | undefined> {
  const [row] = await db
    .select()
    .from(callToolRuns)
    .where(
      and(
        eq(callToolRuns.callId, callId),
        eq(callToolRuns.tool, tool),
        eq(callToolRuns.argumentsHash, argumentsHash),
        sql`(${callToolRuns.toldAt} IS NULL OR ${callToolRuns.turn} = ${turn})`,
      ),
    )
    .orderBy(sql`${callToolRuns.toldAt} NULLS FIRST`)
    .limit(1);
  return row;
}

function toRun({ argumentsHash: _hash, claim: _claim, ...run }: Row): ToolRun {
  return run;
}
