import type { CallStore, Rooms } from '../ports.ts';
import { takeOverCall } from './take-over-call.ts';

/**
 * Gives up the leases of a process that is known to be dead, so that nobody has to wait for them to run out, and takes
 * its calls over. A call that cannot be dealt with now is left to the sweeper, as is all of it when the database is away.
 */
export async function recoverLostCalls(
  { store, rooms }: { store: CallStore; rooms: Rooms },
  { owner, callIds }: { owner: string; callIds: string[] },
): Promise<void> {
  await store.renewLeases(owner, callIds, 0);
  const outcomes = await Promise.allSettled(callIds.map((callId) => takeOverCall({ store, rooms }, callId)));
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} of ${callIds.length} lost calls are left to the sweeper.`);
}
