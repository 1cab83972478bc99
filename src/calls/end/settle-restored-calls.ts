import { endCall } from './end-call.ts';
import type { CallStore } from '../ports.ts';

/**
 * After a restore the database believes what was true at the time of the backup: a call that waited then may have been dialled
 * since. Ends every call that could have been, so that no number is dialled twice; those planned for later stay.
 * @returns the calls it ended
 */
export async function settleRestoredCalls(deps: {
  store: CallStore;
  /** Ids of the calls that are not ended, without those that may start only in the future. */
  listUnsettled: () => Promise<string[]>;
}): Promise<string[]> {
  const ended: string[] = [];
  for (const callId of await deps.listUnsettled())
    if (await endCall(deps, { callId, reason: 'database_restored', hungUpBy: 'parley' })) ended.push(callId);
  return ended;
}
