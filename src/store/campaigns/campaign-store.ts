import { and, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { campaignStatesBefore } from '../../calls/campaigns/campaign.ts';
import type {
  CampaignProgress,
  CampaignStore,
  LeadQuery,
  RecipientResult,
} from '../../calls/campaigns/campaign-ports.ts';
import type { Outcome } from '../../calls/call-state.ts';
import type { CallResult } from '../../calls/result/call-result.ts';
import { readCampaign, toCampaign } from './campaign-row.ts';
import { beforeCursor, toPage } from '../connection/cursor.ts';
import type { Database } from '../connection/database.ts';
import { campaigns } from '../schema/campaigns.ts';
import { leads } from '../schema/leads.ts';
import { storableJson } from '../connection/storable.ts';

/** Of one agent's calls, those of which the average length is told. */
const callsForAverage = 200;

/** Campaigns and whom they call, as the API asks for them. */
export function campaignStore(database: Database): CampaignStore {
  return {
    async insertCampaign(campaign) {
      const insert = { ...campaign, state: 'draft' as const };
      const rows = await database.run((db) =>
        db
          .insert(campaigns)
          .values(insert)
          .onConflictDoUpdate({ target: campaigns.id, set: { id: campaign.id } })
          .returning(),
      );
      return toCampaign(rows[0]!);
    },

    async findCampaign(id, tenantId) {
      const [row] = await database.run((db) =>
        db
          .select()
          .from(campaigns)
          .where(and(eq(campaigns.id, id), eq(campaigns.tenantId, tenantId))),
      );
      return row ? toCampaign(row) : null;
    },

    async listCampaigns({ tenantId, state, cursor, limit }) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(campaigns)
          .where(
            and(
              eq(campaigns.tenantId, tenantId),
              state && eq(campaigns.state, state),
              beforeCursor({ createdAt: campaigns.createdAt, id: campaigns.id }, cursor),
            ),
          )
          .orderBy(desc(campaigns.createdAt), desc(campaigns.id))
          .limit(limit + 1),
      );
      const { page, nextCursor } = toPage(rows, limit);
      return { campaigns: page.map(toCampaign), nextCursor };
    },

    async deleteCampaign(id, tenantId) {
      const deleted = await database.run((db) =>
        db
          .delete(campaigns)
          .where(
            and(
              eq(campaigns.id, id),
              eq(campaigns.tenantId, tenantId),
              inArray(campaigns.state, ['draft', 'completed', 'canceled']),
            ),
          )
          .returning({ id: campaigns.id }),
      );
      return deleted.length > 0;
    },

    async changeState({ id, tenantId, to, from, pause }) {
      const allowed = campaignStatesBefore(to).filter((state) => from.includes(state));
      const { rows } = await database.run((db) =>
        db.execute<Record<string, unknown>>(sql`
          WITH changed AS (
            UPDATE parley.campaigns SET state = ${to}, pause_reason = ${pause?.reason ?? null}, pause_detail = ${pause?.detail ?? null},
              next_look_at = now()
              ${to === 'running' ? sql`, started_at = coalesce(started_at, now()), counted_since = now(), ended_at = NULL` : sql``}
              ${to === 'canceled' ? sql`, ended_at = now()` : sql``}
            WHERE id = ${id} AND tenant_id = ${tenantId}
              AND state = ANY (${sql`${`{${allowed.join(',')}}`}::text[]`}) RETURNING *),
          woken AS (SELECT parley.wake_campaign(id, now()) FROM changed)
          SELECT changed.* FROM changed, woken`),
      );
      return rows[0] ? readCampaign(rows[0]) : null;
    },

    async addRecipients({ id, notBefore }, added) {
      if (added.length === 0) return 0;
      const { rows } = await database.run((db) =>
        // The campaign's row is locked by whoever counts positions, so that two never give the same ones.
        db.execute<{ added: number }>(sql`
          WITH counted AS (
            UPDATE parley.campaigns SET last_position = last_position + ${added.length},
              state = CASE WHEN state = 'completed' THEN 'running' ELSE state END,
              ended_at = CASE WHEN state = 'completed' THEN NULL ELSE ended_at END,
              next_look_at = CASE WHEN state IN ('running', 'completed') THEN now() ELSE next_look_at END
            WHERE id = ${id} AND state <> 'canceled' RETURNING id, state, last_position),
          added AS (
            INSERT INTO parley.campaign_recipients (campaign_id, position, phone_number, lead_id, variables, due_at)
            SELECT counted.id, counted.last_position - ${added.length}::int + a.position, a.value->>'phoneNumber',
              a.value->>'leadId', a.value->'variables', greatest(now(), ${notBefore?.toISOString() ?? null}::timestamptz)
            FROM counted, jsonb_array_elements(${storableJson(added)}::jsonb) WITH ORDINALITY AS a(value, position)
            ON CONFLICT DO NOTHING RETURNING 1),
          woken AS (SELECT parley.wake_campaign(id, now()) FROM counted WHERE state = 'running')
          SELECT (SELECT count(*)::int FROM added) AS added, (SELECT count(*) FROM woken)`),
      );
      return rows[0]!.added;
    },

    findLeads: (tenantId, query, { after, limit }) =>
      database.run((db) =>
        db
          .select()
          .from(leads)
          .where(and(eq(leads.tenantId, tenantId), sql`${leads.id} > ${after}`, ...wanted(query)))
          .orderBy(leads.id)
          .limit(limit),
      ),

    async listForbidden(tenantId, numbers) {
      const { rows } = await database.run((db) =>
        db.execute<{ number: string }>(sql`
          SELECT n.number FROM jsonb_array_elements_text(${JSON.stringify(numbers)}::jsonb) AS n(number)
          WHERE EXISTS (SELECT 1 FROM parley.do_not_call d WHERE d.number_hash = parley.number_hash(n.number)
            AND coalesce(d.tenant_id, '') IN (${tenantId}, ''))`),
      );
      return new Set(rows.map(({ number }) => number));
    },

    async progress(id) {
      const { rows } = await database.run((db) =>
        db.execute<
          {
            states: Partial<CampaignProgress['recipients']> | null;
            outcomes: Partial<Record<Outcome, number>> | null;
          } & Omit<CampaignProgress, 'recipients' | 'outcomes'>
        >(sql`
          SELECT
            (SELECT jsonb_object_agg(state, n) FROM (SELECT state, count(*) AS n FROM parley.campaign_recipients
              WHERE campaign_id = ${id} GROUP BY state) s) AS states,
            (SELECT jsonb_object_agg(outcome, n) FROM (SELECT outcome, count(*) AS n FROM parley.campaign_recipients
              WHERE campaign_id = ${id} AND outcome IS NOT NULL GROUP BY outcome) o) AS outcomes,
            count(*)::int AS calls, count(*) FILTER (WHERE talked_seconds IS NOT NULL AND outcome <> 'machine')::int AS answered,
            count(*) FILTER (WHERE opted_out)::int AS "optedOut"
          FROM parley.campaign_attempts WHERE campaign_id = ${id}`),
      );
      const { states, outcomes, ...counted } = rows[0]!;
      const none = { waiting: 0, calling: 0, done: 0, skipped: 0, canceled: 0 };
      return { ...counted, recipients: { ...none, ...states }, outcomes: outcomes ?? {} };
    },

    async listRecipients(id, { state, after, limit }) {
      const { rows } = await database.run((db) =>
        db.execute<ResultRow>(sql`
          SELECT r.position, r.phone_number AS "phoneNumber", r.lead_id AS "leadId", r.variables, r.state, r.attempts, r.tries,
            r.due_at AS "dueAt", r.outcome, r.reason, a.call_id AS "callId", a.talked_seconds AS "talkedSeconds",
            c.answered_at AS "answeredAt", coalesce(c.cost_usd, a.usd)::text AS "costUsd", c.report->'result' AS result
          FROM (SELECT * FROM parley.campaign_recipients WHERE campaign_id = ${id} AND position > ${after}
            ${state ? sql`AND state = ${state}` : sql``} ORDER BY position LIMIT ${limit}) r
          LEFT JOIN parley.campaign_attempts a ON a.campaign_id = ${id} AND a.position = r.position AND a.attempt = r.attempts
          LEFT JOIN parley.calls c ON c.id = a.call_id
          ORDER BY r.position`),
      );
      return rows.map(({ dueAt, answeredAt, ...row }) => ({
        ...row,
        dueAt: new Date(dueAt),
        answeredAt: answeredAt === null ? null : new Date(answeredAt),
      }));
    },

    async averageCallSeconds(tenantId, agent) {
      const { rows } = await database.run((db) =>
        db.execute<{ seconds: number | null }>(sql`
          SELECT avg(extract(epoch FROM ended_at - dialed_at))::float8 AS seconds FROM (
            SELECT ended_at, dialed_at FROM parley.calls WHERE tenant_id = ${tenantId} AND agent = ${agent}
              AND state = 'ended' AND direction = 'outbound' AND dialed_at IS NOT NULL
            ORDER BY created_at DESC, id DESC LIMIT ${callsForAverage}) c`),
      );
      return rows[0]?.seconds ?? null;
    },
  };
}

type ResultRow = Omit<RecipientResult, 'dueAt' | 'answeredAt' | 'result'> & {
  dueAt: string;
  answeredAt: string | null;
  result: CallResult | null;
};

function wanted({ ids, company, data, createdAfter, createdBefore, neverCalled }: LeadQuery): (SQL | undefined)[] {
  return [
    sql`${leads.phoneNumber} IS NOT NULL`,
    ids && inArray(leads.id, ids),
    company === undefined ? undefined : eq(leads.company, company),
    data && sql`${leads.data} @> ${storableJson(data)}::jsonb`,
    createdAfter && sql`${leads.createdAt} >= ${createdAfter.toISOString()}::timestamptz`,
    createdBefore && sql`${leads.createdAt} < ${createdBefore.toISOString()}::timestamptz`,
    neverCalled ? sql`NOT EXISTS (SELECT 1 FROM parley.calls c WHERE c.lead_id = ${leads.id})` : undefined,
  ];
}
