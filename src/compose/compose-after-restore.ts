import { pauseRestoredCampaigns } from '../calls/campaigns/pause-restored.ts';
import { settleRestoredCalls } from '../calls/end/settle-restored-calls.ts';
import { callStore } from '../store/calls/call-store.ts';
import { campaignRunStore } from '../store/campaigns/campaign-run-store.ts';
import { openDatabase } from '../store/connection/database.ts';
import { listUnsettledCalls } from '../store/calls/list-unsettled-calls.ts';
import type { Log } from '../telemetry/logger.ts';

/** Ends the calls that a restored database believes to be waiting or running, and pauses its campaigns. @returns their ids */
export async function settleRestoredDatabase({
  url,
  log,
}: {
  url: string;
  log: Log;
}): Promise<{ calls: string[]; campaigns: string[] }> {
  const database = openDatabase({ url, applicationName: 'parley-after-restore', maxConnections: 1, log });
  try {
    // First: what ends below would have them call on.
    const campaigns = await pauseRestoredCampaigns(campaignRunStore(database));
    const calls = await settleRestoredCalls({
      store: callStore(database),
      listUnsettled: () => listUnsettledCalls(database),
    });
    return { calls, campaigns };
  } finally {
    await database.close();
  }
}
