import type { CampaignRunStore } from './campaign-ports.ts';

/**
 * After a restore the database believes what was true at the time of the backup: whom a campaign was to call then it may have called
 * since. None goes on before somebody has looked.
 * @returns the campaigns it paused
 */
export function pauseRestoredCampaigns(campaigns: Pick<CampaignRunStore, 'pauseAll'>): Promise<string[]> {
  return campaigns.pauseAll({
    reason: 'database_restored',
    detail: 'A backup was restored. People may have been called after it was made.',
  });
}
