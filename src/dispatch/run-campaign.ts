import type { Task } from 'graphile-worker';
import { runCampaign, type RunCampaignDependencies } from '../calls/campaigns/run-campaign.ts';
import type { JobQueue } from '../calls/admission/dispatch-ports.ts';
import type { Log } from '../telemetry/logger.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** A campaign whose job failed comes again so much later. */
const afterFailure = { inSeconds: 5 };

/** Payload `{ campaignId }`. One at a time per campaign; what another process does meanwhile is told apart by the database. */
export function runCampaignTask(deps: RunCampaignDependencies & { jobs: Pick<JobQueue, 'enqueue'>; log: Log }): Task {
  const { jobs, log } = deps;
  const run = oneAtATime((campaignId) => runCampaign(campaignId, deps));
  return async (payload) => {
    const { campaignId } = payload as { campaignId: string };
    try {
      await run(campaignId);
    } catch (error) {
      log('warn', 'a campaign could not go on; it is tried again', { campaignId, error });
      const key = `campaign:${campaignId}`;
      await jobs.enqueue({ task: 'run-campaign', payload: { campaignId }, runAt: afterFailure, key });
    }
  };
}
