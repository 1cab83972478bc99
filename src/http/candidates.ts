import { type Candidate, leadsAsCandidates } from '../calls/campaigns/add-recipients.ts';
import type { Campaign } from '../calls/campaigns/campaign.ts';
import { type CampaignBody, candidatesOf, leadQueryOf } from './shapes/campaign-fields.ts';
import type { HttpDependencies } from './dependencies.ts';

/** The people that a request names, by number or as leads. */
export async function* candidatesIn(
  body: Pick<CampaignBody, 'recipients' | 'leads'>,
  campaign: Pick<Campaign, 'order' | 'tenantId'>,
  deps: Pick<HttpDependencies, 'agents' | 'campaigns'>,
): AsyncGenerator<Candidate, void, undefined> {
  if (body.recipients) yield* candidatesOf(body.recipients);
  if (body.leads) yield* leadsAsCandidates({ campaign, query: leadQueryOf(body.leads) }, deps);
}
