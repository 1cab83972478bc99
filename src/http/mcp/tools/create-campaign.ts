import { z } from '@hono/zod-openapi';
import { addRecipients } from '../../../calls/campaigns/add-recipients.ts';
import { createCampaign, planCampaign } from '../../../calls/campaigns/create-campaign.ts';
import { previewCampaign } from '../../../calls/campaigns/preview-campaign.ts';
import { campaignFields, campaignRequestOf } from '../../shapes/campaign-fields.ts';
import {
  additionJson,
  additionSchema,
  campaignJson,
  campaignSchema,
  forecastJson,
  forecastSchema,
} from '../../shapes/campaign-json.ts';
import { checkScope } from '../../door/require-scope.ts';
import { strict } from '../../route.ts';
import { candidatesIn } from '../../candidates.ts';
import { defineTool } from '../tool.ts';

// As in place_call: what calls run on is the operator's choice. Begun is a campaign by a call of its own, once somebody has looked.
const { pipeline: _pipeline, trunk_id: _trunkId, start: _start, ...fields } = campaignFields.shape;
const mostShown = 100;

export const createCampaignTool = defineTool({
  name: 'create_campaign',
  title: 'Create a campaign',
  description:
    'One order for many people: an agent of list_agents, whom to call (recipients, or leads by what is known of them), hours, pace, retries. It calls nobody until control_campaign starts it. Use dry_run first: it says who would be called when, who not and why, and writes nothing.',
  scope: 'calls:write',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  input: strict(fields),
  output: z.object({
    ...campaignSchema.partial().shape,
    ...forecastSchema.partial().shape,
    ...additionSchema.shape,
    dry_run: z.boolean(),
    next: z.string().describe('What to do now.'),
  }),
  async run(given, { deps, key, origin }) {
    const body = { ...given, start: false };
    if (body.leads) checkScope(key, 'leads:read');
    const planned = await planCampaign(campaignRequestOf(body, key.tenantId), deps);
    const people = candidatesIn(body, planned, deps);
    if (body.dry_run) {
      const { duplicates, rejections, ...seen } = await previewCampaign(planned, people, deps);
      const refused = additionJson({ added: 0, duplicates, rejected: rejections.length, rejections });
      const { recipients, ...forecast } = forecastJson(seen);
      const next = 'Nobody was called. Send the same without dry_run to create the campaign.';
      return {
        result: { dry_run: true, ...forecast, recipients: recipients.slice(0, mostShown), ...refused, next },
        changed: null,
      };
    }
    const campaign = await createCampaign(planned, deps);
    const addition = additionJson(await addRecipients(campaign, people, deps));
    const next = 'When the person responsible agrees, start it with control_campaign.';
    return { result: { dry_run: false, ...campaignJson(campaign, origin), ...addition, next }, changed: campaign.id };
  },
});
