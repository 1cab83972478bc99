import { z } from '@hono/zod-openapi';
import { campaignCommandNames, controlCampaign } from '../../../calls/campaigns/control-campaign.ts';
import { campaignJson, campaignSchema } from '../../shapes/campaign-json.ts';
import { strict } from '../../route.ts';
import { defineTool } from '../tool.ts';
import { campaignId } from './get-campaign.ts';

export const controlCampaignTool = defineTool({
  name: 'control_campaign',
  title: 'Start, pause, resume or cancel a campaign',
  description:
    'start and resume ring real phones, those of everybody on the list. Once pause or cancel has answered, no phone is dialled for it; calls that already ring or were answered continue. A canceled campaign cannot be resumed.',
  scope: 'calls:write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: strict({ campaign_id: campaignId, command: z.enum(campaignCommandNames) }),
  output: z.object(campaignSchema.shape),
  async run({ campaign_id: id, command }, { deps, key, origin }) {
    const campaign = await controlCampaign({ id, tenantId: key.tenantId, command }, deps);
    return { result: campaignJson(campaign, origin), changed: campaign.id };
  },
});
