import type { Call } from '../call.ts';
import type { HungUpBy, Outcome } from '../call-state.ts';
import { type EndReason, endReasons } from './end-reason.ts';
import type { CallChange, CallStore } from '../ports.ts';

/** How a call ended. `report` is kept with the call as it stands. */
export type CallEnding = {
  callId: string;
  reason: EndReason;
  hungUpBy: HungUpBy;
  /** Where it differs from what the reason usually means. */
  outcome?: Outcome;
  /** Whether anybody ever answered, where that is known: what nobody answered is never `completed`. */
  answered?: boolean;
  /** For calls whose answer was not recorded when it happened, as those of browsers. */
  answeredAt?: Date;
  endedAt?: Date;
  report?: Record<string, unknown>;
  /** SIP status of the attempt under way. */
  sipStatus?: number;
  /** What else the final event tells, such as the rule that forbade the call. */
  details?: Record<string, unknown>;
} & Pick<CallChange, 'epoch' | 'unheldSince' | 'change'>;

/** What a reason means for a call. */
export function outcomeOf({ outcome, reason, answered }: Pick<CallEnding, 'outcome' | 'reason' | 'answered'>): Outcome {
  const usual = outcome ?? endReasons[reason].outcome;
  if (usual !== 'completed' || answered !== false) return usual;
  return reason === 'operator_hung_up' ? 'canceled' : 'no_answer';
}

/**
 * Ends a call, exactly once: the first end wins, with one `call.ended` in the same transaction.
 * @returns the ended call, or null when it had ended before, or is not the caller's to end, and nothing changed
 */
export async function endCall(
  { store }: { store: Pick<CallStore, 'transition'> },
  ending: CallEnding,
): Promise<Call | null> {
  const outcome = outcomeOf(ending);
  const { epoch, unheldSince, change } = ending;
  return store.transition({
    callId: ending.callId,
    to: 'ended',
    ...(epoch !== undefined && { epoch }),
    ...(unheldSince && { unheldSince }),
    ...(change && { change }),
    patch: {
      outcome,
      endReason: ending.reason,
      hungUpBy: ending.hungUpBy,
      endedAt: ending.endedAt ?? new Date(),
      ...(ending.answeredAt && { answeredAt: ending.answeredAt }),
      ...(ending.report && { report: ending.report }),
    },
    event: {
      type: 'call.ended',
      data: {
        outcome,
        end_reason: ending.reason,
        fault: endReasons[ending.reason].fault,
        hung_up_by: ending.hungUpBy,
        ...ending.details,
      },
    },
    ...(ending.sipStatus !== undefined && { attemptEnded: { sipStatus: ending.sipStatus } }),
  });
}
