import type { Outcome } from './call-state.ts';
import { type CallPlan, isRetryable } from './call-plan.ts';
import { nextOpening } from './calling-window.ts';

/**
 * When the next attempt is due after this one came out so, or undefined when there is none: the outcome is not one to try
 * again, the attempts are used up, or the plan's time would be over.
 */
export function nextAttemptAt(
  attempt: { plan: CallPlan; number: number; outcome: Outcome },
  now: Date,
): Date | undefined {
  const { retry, window, notAfter } = attempt.plan;
  const { outcome, number } = attempt;
  if (!retry || !isRetryable(outcome) || !retry.on.includes(outcome) || number >= retry.maxAttempts) return undefined;
  const { delaysSeconds } = retry;
  const delaySeconds = delaysSeconds[Math.min(number - 1, delaysSeconds.length - 1)] ?? 0;
  const due = new Date(now.getTime() + delaySeconds * 1000);
  const at = window ? nextOpening(window, due) : due;
  return at && !(notAfter && at > notAfter) ? at : undefined;
}
