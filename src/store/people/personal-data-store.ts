import { and, desc, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm';
import type { Person, PersonalDataStore, RetentionCounts } from '../../calls/personal-data/personal-data-ports.ts';
import { toCall } from '../calls/call-row.ts';
import type { Database, Queries } from '../connection/database.ts';
import { doNotCallStore } from './do-not-call-store.ts';
import { eraseCallRow } from '../calls/erase-call.ts';
import { deleteCampaigns, eraseRecipients, recipientsOf } from './personal-data-of-campaigns.ts';
import { figuresOfReport } from '../calls/figures-of-report.ts';
import { calls } from '../schema/calls.ts';
import { doNotCall, leads } from '../schema/leads.ts';
import { retentionRuns, tenants } from '../schema/tenants.ts';

export function personalDataStore(database: Database): PersonalDataStore {
  return {
    async erase(tenantId, person) {
      const known = await database.run((db) => leadsOf(db, tenantId, person));
      const { whose, numbers } = callsOf(tenantId, person, known);
      const found = await database.run((db) =>
        db.select({ id: calls.id, state: calls.state }).from(calls).where(whose),
      );
      const ended = found.filter(({ state }) => state === 'ended');
      for (const { id } of ended) await database.run((db) => eraseCallRow(db, { id, tenantId }));
      const ids = known.map(({ id }) => id);
      await database.run(async (db) => {
        await eraseRecipients(db, { tenantId, numbers, leadIds: ids });
        if (ids.length > 0) await db.delete(leads).where(inArray(leads.id, ids));
        if (numbers.length > 0)
          await db
            .update(doNotCall)
            .set({ phoneNumber: null, reason: 'erased', callId: null })
            .where(and(eq(doNotCall.tenantId, tenantId), inArray(doNotCall.phoneNumber, numbers)));
      });
      const openCalls = found.flatMap(({ id, state }) => (state === 'ended' ? [] : [id]));
      return { calls: ended.length, leads: ids.length, openCalls };
    },

    async held(tenantId, person, limit) {
      const known = await database.run((db) => leadsOf(db, tenantId, person));
      const { whose, numbers } = callsOf(tenantId, person, known);
      const rows = await database.run((db) =>
        db
          .select()
          .from(calls)
          .where(whose)
          .orderBy(desc(calls.createdAt), desc(calls.id))
          .limit(limit + 1),
      );
      const list = doNotCallStore(database);
      const entries = await Promise.all(numbers.map((number) => list.find(tenantId, number)));
      const listed = await database.run((db) =>
        recipientsOf(db, { tenantId, numbers, leadIds: known.map(({ id }) => id) }),
      );
      return {
        leads: known,
        calls: rows.slice(0, limit).map(toCall),
        moreCalls: rows.length > limit,
        doNotCall: entries.flatMap((entry) => entry ?? []),
        campaigns: listed,
      };
    },

    async retention(tenantId) {
      const [row] = await database.run((db) =>
        db
          .select({
            audioDays: tenants.audioDays,
            wordsDays: tenants.wordsDays,
            callsDays: tenants.callsDays,
            leadsDays: tenants.leadsDays,
          })
          .from(tenants)
          .where(eq(tenants.id, tenantId)),
      );
      return row ?? { audioDays: null, wordsDays: null, callsDays: null, leadsDays: null };
    },

    async setRetention(tenantId, retention) {
      await database.run((db) => db.update(tenants).set(retention).where(eq(tenants.id, tenantId)));
    },

    retentionRuns: (tenantId, limit) =>
      database.run((db) =>
        db
          .select({
            recordingsDeleted: retentionRuns.recordingsDeleted,
            wordsErased: retentionRuns.wordsErased,
            callsDeleted: retentionRuns.callsDeleted,
            leadsDeleted: retentionRuns.leadsDeleted,
            at: retentionRuns.at,
          })
          .from(retentionRuns)
          .where(eq(retentionRuns.tenantId, tenantId))
          .orderBy(desc(retentionRuns.at))
          .limit(limit),
      ),

    async deleteDue(limit) {
      const { id, audioDays, wordsDays, callsDays, leadsDays } = tenants;
      const bound = await database.run((db) =>
        db
          .select({ tenantId: id, audioDays, wordsDays, callsDays, leadsDays })
          .from(tenants)
          .where(or(isNotNull(audioDays), isNotNull(wordsDays), isNotNull(callsDays), isNotNull(leadsDays))),
      );
      const done: ({ tenantId: string } & RetentionCounts)[] = [];
      for (const { tenantId, ...kept } of bound) {
        const run = await database.transaction(async (db) => {
          const due = async (days: number | null, remove: (db: Queries, due: Due) => Promise<number>) =>
            days === null ? 0 : remove(db, { tenantId, days, limit });
          const callsDeleted = await due(kept.callsDays, deleteCalls);
          await due(kept.callsDays, deleteCampaigns);
          const wordsErased = await due(kept.wordsDays, eraseWords);
          const recordingsDeleted = await due(kept.audioDays, deleteRecordings);
          const leadsDeleted = await due(kept.leadsDays, deleteLeads);
          const counts = { recordingsDeleted, wordsErased, callsDeleted, leadsDeleted };
          if (isAny(counts)) await db.insert(retentionRuns).values({ tenantId, ...counts });
          return { tenantId, ...counts };
        });
        if (isAny(run)) done.push(run);
      }
      return done;
    },
  };
}

function leadsOf(db: Queries, tenantId: string, person: Person) {
  const which =
    'email' in person ? eq(leads.email, person.email.toLowerCase()) : eq(leads.phoneNumber, person.phoneNumber);
  return db
    .select()
    .from(leads)
    .where(and(eq(leads.tenantId, tenantId), which));
}

/** Calls to or from the person's numbers, and calls that name the person's lead. */
function callsOf(
  tenantId: string,
  person: Person,
  known: { id: string; phoneNumber: string | null }[],
): { whose: SQL | undefined; numbers: string[] } {
  const asked = 'phoneNumber' in person ? [person.phoneNumber] : [];
  const numbers = [...new Set([...asked, ...known.flatMap(({ phoneNumber }) => phoneNumber ?? [])])];
  const ids = known.map(({ id }) => id);
  const either = or(
    numbers.length > 0 ? inArray(calls.phoneNumber, numbers) : undefined,
    ids.length > 0 ? inArray(calls.leadId, ids) : undefined,
  );
  return { whose: and(eq(calls.tenantId, tenantId), either ?? sql`false`), numbers };
}

function isAny({ recordingsDeleted, wordsErased, callsDeleted, leadsDeleted }: RetentionCounts): boolean {
  return recordingsDeleted + wordsErased + callsDeleted + leadsDeleted > 0;
}

type Due = { tenantId: string; days: number; limit: number };

/** Everything that belongs to a call goes with its row; what was counted of it names no number and stays. */
async function deleteCalls(db: Queries, { tenantId, days, limit }: Due): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM parley.calls WHERE id IN (SELECT id FROM parley.calls
      WHERE tenant_id = ${tenantId} AND ended_at < now() - make_interval(days => ${days}) ORDER BY ended_at LIMIT ${limit})`);
  return rowCount ?? 0;
}

/** Nobody who has yet to be called, or was called within the days. */
async function deleteLeads(db: Queries, { tenantId, days, limit }: Due): Promise<number> {
  const since = sql`now() - make_interval(days => ${days})`;
  const { rowCount } = await db.execute(sql`
    DELETE FROM parley.leads WHERE id IN (SELECT l.id FROM parley.leads l
      WHERE l.tenant_id = ${tenantId} AND l.updated_at < ${since}
        AND NOT EXISTS (SELECT FROM parley.calls c WHERE c.lead_id = l.id AND (c.ended_at IS NULL OR c.ended_at >= ${since}))
        AND NOT EXISTS (SELECT FROM parley.campaign_recipients r JOIN parley.campaigns c ON c.id = r.campaign_id
          WHERE r.lead_id = l.id AND r.state IN ('waiting', 'calling') AND c.state NOT IN ('completed', 'canceled'))
      ORDER BY l.updated_at LIMIT ${limit})`);
  return rowCount ?? 0;
}

/** Their files go within seconds; they are marked, so that none is forgotten. */
async function deleteRecordings(db: Queries, { tenantId, days, limit }: Due): Promise<number> {
  const { rowCount } = await db.execute(sql`
    UPDATE parley.recordings SET unwanted_at = now() WHERE id IN (
      SELECT r.id FROM parley.recordings r JOIN parley.calls c ON c.id = r.call_id
      WHERE c.tenant_id = ${tenantId} AND c.ended_at < now() - make_interval(days => ${days}) AND r.unwanted_at IS NULL
      ORDER BY c.ended_at LIMIT ${limit})`);
  return rowCount ?? 0;
}

async function eraseWords(db: Queries, { tenantId, days, limit }: Due): Promise<number> {
  const { rows } = await db.execute<{ id: string; report: Record<string, unknown> | null }>(sql`
    SELECT id, report FROM parley.calls
    WHERE tenant_id = ${tenantId} AND ended_at < now() - make_interval(days => ${days}) AND words_erased_at IS NULL
    ORDER BY ended_at LIMIT ${limit} FOR UPDATE`);
  if (rows.length === 0) return 0;
  const reports = rows.map(({ id, report }) => ({ id, report: report && figuresOfReport(report) }));
  await db.execute(sql`
    WITH due AS (
      UPDATE parley.calls c SET words_erased_at = now(), playbook = NULL, variables = '{}', report = r.report
      FROM jsonb_to_recordset(${JSON.stringify(reports)}::jsonb) AS r(id text, report jsonb) WHERE c.id = r.id RETURNING c.id),
    tools AS (UPDATE parley.call_tool_runs r SET arguments = '{}', outcome = NULL FROM due WHERE r.call_id = due.id),
    turns AS (UPDATE parley.call_turns t SET text = '' FROM due WHERE t.call_id = due.id),
    recordings AS (UPDATE parley.recordings r SET unwanted_at = now() FROM due WHERE r.call_id = due.id),
    events AS (UPDATE parley.call_events e SET data = '{}' FROM due
      WHERE e.call_id = due.id AND (e.type LIKE 'turn.%' OR e.type IN ('tool.called', 'agent.filler', 'keys.heard', 'supervisor.whispered', 'call.analyzed',
        'backend.asked', 'knowledge.searched', 'memory.recalled', 'digits.asked')))
    DELETE FROM parley.call_messages m USING due WHERE m.call_id = due.id`);
  return rows.length;
}
