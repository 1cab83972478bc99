import { CallError } from '../errors.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignStore } from './campaign-ports.ts';

/** @throws CallError `campaign_not_found` */
export async function findCampaign(
  { id, tenantId }: { id: string; tenantId: string },
  { campaigns }: { campaigns: Pick<CampaignStore, 'findCampaign'> },
): Promise<Campaign> {
  const campaign = await campaigns.findCampaign(id, tenantId);
  if (campaign) return campaign;
  throw new CallError('campaign_not_found', 'There is no such campaign. GET /api/campaigns lists them.', {
    field: 'id',
  });
}
