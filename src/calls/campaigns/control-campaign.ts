import { CallError } from '../errors.ts';
import { type Campaign, type CampaignState, pauseReasons } from './campaign.ts';
import type { CampaignStore } from './campaign-ports.ts';
import { findCampaign } from './find-campaign.ts';

/** What is asked of a campaign, where it may be asked, and what comes of it. */
export const campaignCommands = {
  start: { from: ['draft'], to: 'running' },
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['draft', 'running', 'paused'], to: 'canceled' },
} as const satisfies Record<string, { from: readonly CampaignState[]; to: CampaignState }>;
export type CampaignCommand = keyof typeof campaignCommands;
export const campaignCommandNames = Object.keys(campaignCommands) as CampaignCommand[];

const [operator] = pauseReasons;

/**
 * Changes the state of a campaign; asked again, it is left as it is. From the moment of a pause or a cancellation no phone is
 * dialled; calls under way go on.
 * @throws CallError `campaign_not_found`, `campaign_state`
 */
export async function controlCampaign(
  { id, tenantId, command }: { id: string; tenantId: string; command: CampaignCommand },
  { campaigns }: { campaigns: Pick<CampaignStore, 'changeState' | 'findCampaign'> },
): Promise<Campaign> {
  const { from, to } = campaignCommands[command];
  const changed = await campaigns.changeState({
    id,
    tenantId,
    to,
    from,
    ...(to === 'paused' && { pause: { reason: operator, detail: 'Somebody paused it.' } }),
  });
  if (changed) return changed;
  const campaign = await findCampaign({ id, tenantId }, { campaigns });
  if (campaign.state === to) return campaign;
  const { state } = campaign;
  const states = from.join(', ');
  throw new CallError('campaign_state', `The campaign is ${state}; \`${command}\` takes one that is ${states}.`, {
    details: { state },
  });
}
