import type { CallStore, Lease, Rooms } from '../ports.ts';
import { takeOverCall } from './take-over-call.ts';

/**
 * Gives up leases whose sessions are known to be gone, so that nobody has to wait for them to run out, and has the calls taken
 * over. Of a lease that somebody else has by now nothing is done. A call that cannot be dealt with now is left to the sweeper, as is all of it when the database is away.
 */
export async function recoverLostCalls(
  { store, rooms }: { store: CallStore; rooms: Rooms },
  leases: readonly Lease[],
): Promise<void> {
  const callIds = await store.renewLeases(leases, 0);
  const outcomes = await Promise.allSettled(callIds.map((callId) => takeOverCall({ store, rooms }, callId)));
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} of ${callIds.length} lost calls are left to the sweeper.`);
}
