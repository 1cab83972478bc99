import { sql, type SQL } from 'drizzle-orm';
import { newChange } from '../../calls/change-id.ts';
import type { CampaignLook, CampaignRunStore, EndedAttempt, Rival } from '../../calls/campaigns/campaign-ports.ts';
import { readCampaign } from './campaign-row.ts';
import { insertCallRow } from '../calls/call-writes.ts';
import type { Database, Queries } from '../connection/database.ts';
import { refusingCount } from '../calls/refusal-of-count.ts';
import { instantOf } from '../connection/instant.ts';
import { storableJson } from '../connection/storable.ts';
import { writeOnce } from '../connection/write-once.ts';

/** Ended attempts told at once. */
const endedAtOnce = 200;
/**
 * An open-source LiveKit offers a call to the workers at once: one that nobody has taken by then finds them full. One that was taken
 * and is not dialled yet, as by a worker that died, says nothing about the others.
 */
const unattendedSeconds = 3;
/** A job that is not over by then died. */
const lookSeconds = 5;
/** The end of a call wakes its campaign; the job of that may be lost with its process. */
const restSeconds = 30;

/** What the job of a campaign reads and writes. Every method is one statement, and harmless when repeated. */
export function campaignRunStore(database: Database): CampaignRunStore {
  const write = async (statement: SQL) => void (await database.run((db) => db.execute(statement)));
  return {
    look: (id) => database.run((db) => lookAt(db, id)),

    settle: (id, settlements) =>
      write(sql`
        WITH settled AS (
          UPDATE parley.campaign_recipients r SET state = s.state, due_at = coalesce(s."dueAt", r.due_at),
            tries = r.tries + s.counts::int, outcome = coalesce(s.outcome, r.outcome), reason = s.reason
          FROM jsonb_to_recordset(${storableJson(settlements)}::jsonb)
            AS s(position int, attempt int, state text, "dueAt" timestamptz, counts boolean, outcome text, reason text)
          WHERE r.campaign_id = ${id} AND r.position = s.position AND r.attempts = s.attempt AND r.state = 'calling'
          RETURNING r.position, r.attempts)
        UPDATE parley.campaigns SET spent_usd = spent_usd + (SELECT coalesce(sum(a.usd), 0) FROM settled s
          JOIN parley.campaign_attempts a ON a.campaign_id = ${id} AND a.position = s.position AND a.attempt = s.attempts)
        WHERE id = ${id}`),

    listDue: async (id, limit) => {
      const { rows } = await database.run((db) =>
        db.execute<Awaited<ReturnType<CampaignRunStore['listDue']>>[number]>(sql`
          SELECT position, phone_number AS "phoneNumber", lead_id AS "leadId", variables, attempts
          FROM parley.campaign_recipients WHERE campaign_id = ${id} AND state = 'waiting' AND due_at <= now()
          ORDER BY due_at, position LIMIT ${limit}`),
      );
      return rows;
    },

    place: (recipient, call, event) =>
      refusingCount(call, () =>
        writeOnce(database, {
          callId: call.id,
          change: newChange(),
          perform: async (db, changeId) =>
            (await insertCallRow(db, { call, event, changeId, recipient })) !== undefined,
          performed: async () => true,
        }),
      ),

    putOff: (id, recipients) =>
      write(sql`
        UPDATE parley.campaign_recipients r SET due_at = coalesce(p.until, r.due_at), reason = p.skipped,
          state = CASE WHEN p.skipped IS NULL THEN 'waiting' ELSE 'skipped' END
        FROM jsonb_to_recordset(${storableJson(recipients)}::jsonb) AS p(position int, until timestamptz, skipped text)
        WHERE r.campaign_id = ${id} AND r.position = p.position AND r.state = 'waiting'`),

    giveUpWaiting: (id, state, reason) =>
      write(sql`
        UPDATE parley.campaign_recipients SET state = ${state}, reason = ${reason}
        WHERE campaign_id = ${id} AND state = 'waiting'`),

    pause: (id, { reason, detail }) =>
      write(sql`
        UPDATE parley.campaigns SET state = 'paused', pause_reason = ${reason}, pause_detail = ${detail}
        WHERE id = ${id} AND state = 'running'`),

    pauseAll: async ({ reason, detail }) => {
      const { rows } = await database.run((db) =>
        db.execute<{ id: string }>(sql`
          UPDATE parley.campaigns SET state = 'paused', pause_reason = ${reason}, pause_detail = ${detail}
          WHERE state = 'running' RETURNING id`),
      );
      return rows.map(({ id }) => id);
    },

    complete: (id) =>
      write(sql`
        UPDATE parley.campaigns SET state = 'completed', ended_at = now(), next_look_at = NULL
        WHERE id = ${id} AND state = 'running' AND NOT EXISTS (SELECT 1 FROM parley.campaign_recipients
          WHERE campaign_id = ${id} AND state IN ('waiting', 'calling'))`),

    reopen: (id) =>
      write(sql`
        UPDATE parley.campaigns SET state = 'running', ended_at = NULL WHERE id = ${id} AND state = 'completed'`),

    lookAgain: (id, at) =>
      write(
        at === null
          ? sql`
            UPDATE parley.campaigns SET next_look_at = CASE WHEN EXISTS (SELECT 1 FROM parley.campaign_recipients
              WHERE campaign_id = ${id} AND state = 'calling') THEN now() + make_interval(secs => ${restSeconds}) END
            WHERE id = ${id} AND state <> 'running'`
          : sql`
            WITH looked AS (UPDATE parley.campaigns SET next_look_at = ${instantOf(at)}
              WHERE id = ${id} RETURNING id)
            SELECT parley.wake_campaign(id, ${instantOf(at)}) FROM looked`,
      ),

    wakeForgotten: (lateSeconds) =>
      write(sql`
        SELECT parley.wake_campaign(id, now()) FROM parley.campaigns
        WHERE next_look_at < now() - make_interval(secs => ${lateSeconds})`),
  };
}

type LookRow = Omit<CampaignLook, 'campaign' | 'now' | 'nextDueAt' | 'lastPlacedAt' | 'rivals' | 'ended'> & {
  now: string;
  nextDueAt: string | null;
  lastPlacedAt: string | null;
  rivals: Rival[] | null;
  ended: EndedAttempt[] | null;
};

async function lookAt(db: Queries, id: string): Promise<CampaignLook | null> {
  const { rows } = await db.execute<Record<string, unknown> & { figures: LookRow }>(sql`
    WITH looked AS (
      UPDATE parley.campaigns SET next_look_at = now() + make_interval(secs => ${lookSeconds}) WHERE id = ${id} RETURNING *),
    calling AS MATERIALIZED (
      SELECT r.position, r.attempts, r.phone_number, r.tries, a.ended_at, a.outcome, a.rule, a.reason, c.state,
        c.state_since, c.lease_owner
      FROM parley.campaign_recipients r
      JOIN parley.campaign_attempts a ON a.campaign_id = ${id} AND a.position = r.position AND a.attempt = r.attempts
      LEFT JOIN parley.calls c ON c.id = a.call_id
      WHERE r.campaign_id = ${id} AND r.state = 'calling'),
    lately AS (
      SELECT *, talked_seconds IS NOT NULL AND outcome <> 'machine' AS answered FROM parley.campaign_attempts
      WHERE campaign_id = ${id} AND ended_at > (SELECT counted_since FROM looked) AND outcome NOT IN ('blocked', 'canceled')
      ORDER BY ended_at DESC LIMIT (SELECT (breaker->>'calls')::int FROM looked))
    SELECT looked.*, jsonb_build_object(
      'now', now(),
      'calling', (SELECT count(*) FROM calling),
      'talking', (SELECT count(*) FROM calling WHERE ended_at IS NULL AND state = 'in_progress'),
      'unattended', (SELECT count(*) FROM calling
        WHERE state = 'dispatching' AND lease_owner IS NULL AND state_since < now() - make_interval(secs => ${unattendedSeconds})),
      'nextDueAt', (SELECT min(due_at) FROM parley.campaign_recipients WHERE campaign_id = ${id} AND state = 'waiting'),
      'lastPlacedAt', (SELECT max(placed_at) FROM parley.campaign_attempts WHERE campaign_id = ${id}),
      'tenantTaken', parley.places_of(looked.tenant_id, NULL) + (SELECT count(*) FROM parley.calls
        WHERE tenant_id = looked.tenant_id AND state = 'queued'),
      'trunkTaken', (SELECT count(*) FROM parley.calls WHERE trunk_id = looked.trunk_id AND state <> 'ended'
        AND state <> 'scheduled'),
      'rivals', (SELECT jsonb_agg(jsonb_build_object('id', o.id, 'tenantId', o.tenant_id, 'trunkId', o.trunk_id,
          'maxCalls', (o.pacing->>'maxCalls')::int,
          'calling', (SELECT count(*) FROM parley.campaign_recipients WHERE campaign_id = o.id AND state = 'calling'),
          'hasDue', EXISTS (SELECT 1 FROM parley.campaign_recipients
            WHERE campaign_id = o.id AND state = 'waiting' AND due_at <= now())))
        FROM parley.campaigns o WHERE o.state = 'running'
          AND (o.tenant_id = looked.tenant_id OR o.trunk_id = looked.trunk_id)),
      'lately', (SELECT jsonb_build_object('ended', count(*), 'answered', count(*) FILTER (WHERE answered),
          'failed', count(*) FILTER (WHERE outcome IN ('failed', 'unreachable', 'invalid_number', 'unknown')),
          'short', count(*) FILTER (WHERE answered AND talked_seconds < (looked.breaker->>'shortSeconds')::real),
          'optedOut', count(*) FILTER (WHERE opted_out)) FROM lately),
      'ended', (SELECT jsonb_agg(jsonb_build_object('position', e.position, 'attempt', e.attempts,
          'phoneNumber', e.phone_number, 'tries', e.tries, 'outcome', e.outcome, 'rule', e.rule, 'reason', e.reason))
        FROM (SELECT * FROM calling WHERE ended_at IS NOT NULL ORDER BY ended_at LIMIT ${endedAtOnce}) e)
    ) AS figures FROM looked`);
  const [row] = rows;
  if (!row) return null;
  const { now, nextDueAt, lastPlacedAt, rivals, ended, ...counted } = row.figures;
  return {
    ...counted,
    campaign: readCampaign(row),
    now: new Date(now),
    nextDueAt: nextDueAt === null ? null : new Date(nextDueAt),
    lastPlacedAt: lastPlacedAt === null ? null : new Date(lastPlacedAt),
    rivals: rivals ?? [],
    ended: ended ?? [],
  };
}
