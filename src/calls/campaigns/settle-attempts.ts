import { nextCommonOpening } from '../admission/calling-window.ts';
import { operatorWindows, type OperatorWindow } from '../admission/operator-window.ts';
import { nextAttemptAt } from '../end/retry-plan.ts';
import type { Campaign } from './campaign.ts';
import type { EndedAttempt, Settlement } from './campaign-ports.ts';

/** A number that was called often enough today is asked about again then. */
export const attemptsAgainMs = 3_600_000;

/** Rules that forbid a call now and not for good, with how long the recipient waits then, in milliseconds. */
const passing: Readonly<Record<string, number>> = {
  campaign: 0,
  calling_window: 0,
  spend_per_day: 0,
  attempts_per_number: attemptsAgainMs,
};

/** When a number that a passing rule forbids is asked about again; undefined: it is not to be called at all. */
function askAgainAt(rule: string | null, now: Date): Date | undefined {
  const waitMs = rule === null ? undefined : passing[rule];
  return waitMs === undefined ? undefined : new Date(now.getTime() + waitMs);
}

/** What becomes of a recipient whose call has ended: over, or to be called again. */
export async function settleAttempt(
  ended: EndedAttempt,
  of: { campaign: Campaign; callingWindow: OperatorWindow | undefined; now: Date },
): Promise<Settlement> {
  const { campaign, callingWindow, now } = of;
  const { position, attempt, outcome, rule, reason } = ended;
  const isOver = campaign.state === 'canceled';
  const waiting = isOver ? 'canceled' : 'waiting';
  if (outcome === 'blocked') {
    const dueAt = askAgainAt(rule, now);
    return dueAt
      ? { position, attempt, state: waiting, dueAt, counts: false, outcome: null, reason: null }
      : { position, attempt, state: 'skipped', counts: false, outcome, reason: reason ?? rule };
  }
  const settled = { position, attempt, counts: true, outcome, reason: null };
  const windows = await operatorWindows(callingWindow, ended.phoneNumber ?? '');
  const again = nextAttemptAt(
    {
      plan: {
        ...campaign.order.plan,
        ...(campaign.notAfter && { notAfter: campaign.notAfter }),
        ...(campaign.retry && { retry: campaign.retry }),
      },
      operatorWindows: windows,
      number: ended.tries + 1,
      outcome,
    },
    now,
  );
  return again && ended.phoneNumber && !isOver
    ? { ...settled, state: 'waiting', dueAt: again }
    : { ...settled, state: 'done' };
}

/** When somebody may be called in the campaign's own hours: now, or later; undefined: never again. */
export function campaignOpensAt({ order, notBefore, notAfter }: Campaign, now: Date): Date | undefined {
  const from = notBefore && notBefore > now ? notBefore : now;
  const { window } = order.plan;
  const opening = nextCommonOpening(window ? [window] : [], from);
  return opening && !(notAfter && opening >= notAfter) ? opening : undefined;
}
