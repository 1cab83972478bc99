import type { Call } from '../call.ts';
import { cancelCall } from './cancel-call.ts';
import { controlCall } from './control-call.ts';
import { getCall } from '../get-call.ts';

/** `hanging_up` and `canceling`: the session that runs the call was told; its end is yet to come. */
export type Stop = { done: 'hanging_up' | 'canceling' | 'canceled' | 'already_ended'; call: Call };

/**
 * Ends a call wherever it is: hangs up on whoever is on the line, cancels what was not answered. A call that has ended is
 * left as it is.
 * @throws CallError `call_not_found`, `call_already_ended`, `call_not_live`, `livekit_unavailable`
 */
export async function stopCall(
  which: { id: string; tenantId: string },
  deps: Parameters<typeof controlCall>[1],
): Promise<Stop> {
  const call = await getCall(deps.calls, which);
  if (call.state === 'ended') return { done: 'already_ended', call };
  if (call.state === 'in_progress') {
    const message = { type: 'hang_up', by: 'operator' } as const;
    return { done: 'hanging_up', call: await controlCall({ ...which, message }, deps) };
  }
  return (await cancelCall(call, deps)) ?? stopCall(which, deps);
}
