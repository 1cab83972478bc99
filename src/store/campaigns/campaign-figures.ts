import { sql } from 'drizzle-orm';
import type { CampaignState, PauseReason, RecipientState } from '../../calls/campaigns/campaign.ts';
import type { Database } from '../connection/database.ts';

/** The campaigns of the whole installation that have not ended, over all tenants. */
export type CampaignFigures = {
  campaigns: { state: CampaignState; count: number }[];
  /** Of the running ones: who waits for a call, and who has one. */
  recipients: { state: RecipientState; count: number }[];
  /** How late the job is that is latest; 0 when none is. */
  campaignOverdueSeconds: number;
};

const openStates = ['draft', 'running', 'paused'] as const satisfies CampaignState[];
const awaitedStates = ['waiting', 'calling'] as const satisfies RecipientState[];

type Row = {
  campaigns: Record<string, number> | null;
  waiting: number;
  calling: number;
  overdue: number;
};

/** One statement over indexes. */
export async function readCampaignFigures(database: Database): Promise<CampaignFigures> {
  const { rows } = await database.run((db) =>
    db.execute<Row>(sql`
      SELECT
        (SELECT json_object_agg(state, count) FROM (
          SELECT state, count(*)::int AS count FROM parley.campaigns WHERE state IN ('draft', 'running', 'paused')
          GROUP BY state) AS open) AS campaigns,
        (SELECT count(*)::int FROM parley.campaigns c JOIN parley.campaign_recipients r ON r.campaign_id = c.id
          WHERE c.state = 'running' AND r.state = 'waiting') AS waiting,
        (SELECT count(*)::int FROM parley.campaigns c JOIN parley.campaign_recipients r ON r.campaign_id = c.id
          WHERE c.state = 'running' AND r.state = 'calling') AS calling,
        (SELECT coalesce(greatest(0, extract(epoch FROM now() - min(next_look_at))), 0)::float8
          FROM parley.campaigns WHERE next_look_at IS NOT NULL) AS overdue`),
  );
  const row = rows[0] as Row;
  return {
    campaigns: openStates.map((state) => ({ state, count: row.campaigns?.[state] ?? 0 })),
    recipients: awaitedStates.map((state) => ({ state, count: row[state] })),
    campaignOverdueSeconds: row.overdue,
  };
}

/** Campaigns that stopped by themselves. */
export async function listHaltedCampaigns(
  database: Database,
  limit: number,
): Promise<{ id: string; reason: PauseReason; detail: string | null }[]> {
  const { rows } = await database.run((db) =>
    db.execute<{ id: string; reason: PauseReason; detail: string | null }>(sql`
      SELECT id, pause_reason AS reason, pause_detail AS detail FROM parley.campaigns
      WHERE state = 'paused' AND pause_reason <> 'operator' ORDER BY created_at DESC LIMIT ${limit}`),
  );
  return rows;
}
