import { sql, type SQL } from 'drizzle-orm';
import type { HeldRecipient } from '../../calls/personal-data/personal-data-ports.ts';
import type { Queries } from '../connection/database.ts';

type Whose = { tenantId: string; numbers: string[]; leadIds: string[] };

/** The campaigns that have the person on their list. */
export async function recipientsOf(db: Queries, whose: Whose): Promise<HeldRecipient[]> {
  const { rows } = await db.execute<HeldRecipient>(sql`
    SELECT c.id AS "campaignId", c.name, r.phone_number AS "phoneNumber", r.variables, r.state
    FROM parley.campaign_recipients r JOIN parley.campaigns c ON c.id = r.campaign_id
    WHERE ${isOf(whose)} ORDER BY c.created_at DESC, c.id, r.position`);
  return rows;
}

/** Who is erased is called by no campaign any more. */
export async function eraseRecipients(db: Queries, whose: Whose): Promise<void> {
  await db.execute(sql`
    UPDATE parley.campaign_recipients r SET phone_number = NULL, lead_id = NULL, variables = '{}', reason = 'erased',
      state = CASE WHEN r.state = 'waiting' THEN 'skipped' ELSE r.state END
    FROM parley.campaigns c WHERE c.id = r.campaign_id AND ${isOf(whose)}`);
}

/** Campaigns that ended so many days ago, with whom they called and what came of it. */
export async function deleteCampaigns(
  db: Queries,
  { tenantId, days, limit }: { tenantId: string; days: number; limit: number },
): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM parley.campaigns WHERE id IN (SELECT id FROM parley.campaigns
      WHERE tenant_id = ${tenantId} AND state IN ('completed', 'canceled')
        AND ended_at < now() - make_interval(days => ${days}) ORDER BY ended_at LIMIT ${limit})`);
  return rowCount ?? 0;
}

function isOf({ tenantId, numbers, leadIds }: Whose): SQL {
  const texts = (list: string[]) => sql`ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(list)}::jsonb))`;
  return sql`c.tenant_id = ${tenantId} AND (r.phone_number = ANY (${texts(numbers)}) OR r.lead_id = ANY (${texts(leadIds)}))`;
}
