import { z } from '@hono/zod-openapi';
import { findCampaign } from '../../../calls/campaigns/find-campaign.ts';
import { campaignDetailJson, campaignDetailSchema } from '../../shapes/campaign-json.ts';
import { strict } from '../../route.ts';
import { defineTool } from '../tool.ts';

export const campaignId = z.string().min(1).max(64).describe('campaign_id, as create_campaign answered it.');

export const getCampaignTool = defineTool({
  name: 'get_campaign',
  title: 'See how far a campaign is',
  description:
    'A campaign: its status and why it is paused, how many people wait, are called, are done or were skipped, what came of the calls, and what they cost. list_calls with metadata {"campaign_id": …} lists its calls.',
  scope: 'calls:read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: strict({ campaign_id: campaignId }),
  output: z.object(campaignDetailSchema.shape),
  async run({ campaign_id: id }, { deps, key, origin }) {
    const campaign = await findCampaign({ id, tenantId: key.tenantId }, deps);
    return { result: campaignDetailJson(campaign, await deps.campaigns.progress(campaign.id), origin) };
  },
});
