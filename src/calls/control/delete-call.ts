import type { Call } from '../call.ts';
import { cancelCall } from './cancel-call.ts';
import { CallError } from '../errors.ts';
import { getCall } from '../get-call.ts';
import type { CallStore, Rooms } from '../ports.ts';

/** `canceling`: the phone is ringing, and the session that rings it was told to stop. */
export type Deletion = { done: 'canceled' | 'canceling' | 'erased'; call: Call };

/**
 * Before the answer cancels the call; after its end erases who it was with and what was said.
 * @throws CallError `call_not_found`, `call_in_progress`, `call_not_live`, `livekit_unavailable`
 */
export async function deleteCall(
  which: { id: string; tenantId: string },
  deps: { calls: CallStore; rooms: Rooms },
): Promise<Deletion> {
  const call = await getCall(deps.calls, which);
  if (call.state === 'ended') return { done: 'erased', call: (await deps.calls.eraseCall(call.id, call.tenantId))! };
  if (call.state === 'in_progress')
    throw new CallError(
      'call_in_progress',
      'Somebody is on the line. POST /api/calls/{id}/hang-up first, then DELETE erases the call.',
    );
  // The call may have moved on while we looked; states only go forward or back to the queue, so the next look decides.
  return (await cancelCall(call, deps)) ?? deleteCall(which, deps);
}
