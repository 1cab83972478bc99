import { settleRestoredCalls } from '../calls/end/settle-restored-calls.ts';
import { callStore } from '../store/call-store.ts';
import { openDatabase } from '../store/database.ts';
import { listUnsettledCalls } from '../store/list-unsettled-calls.ts';
import type { Log } from '../telemetry/logger.ts';

/** Ends the calls that a restored database believes to be waiting or running. @returns their ids */
export async function settleRestoredDatabase({ url, log }: { url: string; log: Log }): Promise<string[]> {
  const database = openDatabase({ url, applicationName: 'parley-after-restore', maxConnections: 1, log });
  try {
    return await settleRestoredCalls({
      store: callStore(database),
      listUnsettled: () => listUnsettledCalls(database),
    });
  } finally {
    await database.close();
  }
}
