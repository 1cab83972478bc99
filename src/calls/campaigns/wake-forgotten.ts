import { atMostEvery } from '../at-most-every.ts';
import type { CampaignRunStore } from './campaign-ports.ts';

const everySeconds = 2;
/** A job that is due is taken within a second; its process died, or the job. */
const lateSeconds = 3;

/** Campaigns whose job was lost go on. */
export function wakeForgottenCampaigns(campaigns: Pick<CampaignRunStore, 'wakeForgotten'>): () => Promise<void> {
  const due = atMostEvery<string>(everySeconds, (name) => name);
  return async () => {
    if (due(['campaigns']).length > 0) await campaigns.wakeForgotten(lateSeconds);
  };
}
