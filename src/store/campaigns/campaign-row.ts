import { getTableColumns } from 'drizzle-orm';
import type { Campaign } from '../../calls/campaigns/campaign.ts';
import { campaigns } from '../schema/campaigns.ts';

type CampaignRow = typeof campaigns.$inferSelect;

const columns = getTableColumns(campaigns);

/** The row in the program's terms, without what only the store looks at. */
export function toCampaign(row: CampaignRow): Campaign {
  const { lastPosition: _position, countedSince: _since, nextLookAt: _look, ...campaign } = row;
  return campaign;
}

/** As `toCampaign`, from a row under the names of the columns. */
export function readCampaign(row: Record<string, unknown>): Campaign {
  const read = Object.entries(columns).map(([name, column]) => {
    const value = row[column.name];
    return [name, value === null ? null : column.mapFromDriverValue(value)];
  });
  return toCampaign(Object.fromEntries(read) as CampaignRow);
}
