import type { Outcome } from '../call-state.ts';
import { type CallPlan, isRetryable } from '../place/call-plan.ts';
import { type CallingWindow, nextCommonOpening } from '../admission/calling-window.ts';

/**
 * When the next attempt is due after this one came out so, inside the plan's hours and the operator's. Undefined when there
 * is none: the outcome is not one to try again, the attempts are used up, the hours never meet, or the plan's time would be over.
 */
export function nextAttemptAt(
  attempt: { plan: CallPlan; operatorWindows: readonly CallingWindow[]; number: number; outcome: Outcome },
  now: Date,
): Date | undefined {
  const { retry, window, notAfter } = attempt.plan;
  const { operatorWindows, outcome, number } = attempt;
  if (!retry || !isRetryable(outcome) || !retry.on.includes(outcome) || number >= retry.maxAttempts) return undefined;
  const { delaysSeconds } = retry;
  const delaySeconds = delaysSeconds[Math.min(number - 1, delaysSeconds.length - 1)] ?? 0;
  const due = new Date(now.getTime() + delaySeconds * 1000);
  const at = nextCommonOpening(window ? [window, ...operatorWindows] : operatorWindows, due);
  return at && !(notAfter && at > notAfter) ? at : undefined;
}
