import type { Call } from '../call.ts';
import { isRetryable, readPlan } from '../place/call-plan.ts';
import { type CallEnding, endCall, outcomeOf } from './end-call.ts';
import { type OperatorWindow, operatorWindows } from '../admission/operator-window.ts';
import type { CallStore } from '../ports.ts';
import { nextAttemptAt } from './retry-plan.ts';

/**
 * Ends a call, or, when nobody was reached and its plan has another attempt, puts it back to wait for that one.
 * @returns the call as it is now, or null when it had ended before, or is not the caller's to end, and nothing changed
 */
export async function concludeCall(
  { store, callingWindow }: { store: CallStore; callingWindow: OperatorWindow | undefined },
  ending: CallEnding,
): Promise<Call | null> {
  const outcome = outcomeOf(ending);
  // A machine answered, but nobody was reached.
  const machine = outcome === 'machine';
  if (!isRetryable(outcome) || ((ending.answeredAt || ending.answered) && !machine)) return endCall({ store }, ending);
  const record = await store.findForDispatch(ending.callId);
  if (record?.direction !== 'outbound' || (record.answeredAt && !machine)) return endCall({ store }, ending);
  const attempt = {
    plan: readPlan(record.plan),
    operatorWindows: await operatorWindows(callingWindow, record.phoneNumber ?? ''),
    number: record.attempt,
    outcome,
  };
  const at = nextAttemptAt(attempt, new Date());
  if (!at) return endCall({ store }, ending);
  const { epoch, unheldSince, change } = ending;
  const waits = await store.transition({
    callId: ending.callId,
    to: 'scheduled',
    ...(epoch !== undefined && { epoch }),
    ...(unheldSince && { unheldSince }),
    ...(change && { change }),
    from: machine ? ['dialing', 'ringing', 'in_progress'] : ['dialing', 'ringing'],
    patch: { attempt: record.attempt + 1 },
    event: {
      type: 'call.attempt_ended',
      data: {
        attempt: record.attempt,
        outcome,
        end_reason: ending.reason,
        sip_status: ending.sipStatus ?? null,
        next_attempt_at: at.toISOString(),
      },
    },
    attemptEnded: {
      outcome,
      endReason: ending.reason,
      ...(ending.sipStatus !== undefined && { sipStatus: ending.sipStatus }),
    },
    dispatchAt: at,
  });
  // Nothing was dialled, so there was no attempt to repeat.
  return waits ?? endCall({ store }, ending);
}
