import type { WebhookEndpoint } from '../../calls/webhooks/webhook-ports.ts';

const minute = 60;
const hour = 60 * minute;

/** Seconds to wait after each failed attempt, as Standard Webhooks recommends: ten attempts in three days. */
const ordinary = [5, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];

/** A workflow may be asked to go on before it has come to its waiting step, so its first minute is tried more often. */
const eager = [2, 5, 15, 40];

/** What a receiver asks for with `Retry-After` is granted up to here. */
const longestWaitSeconds = 24 * hour;

/** Spreads the attempts that an outage put at the same moment. */
const jitter = 0.1;

/**
 * In how many seconds to try again after `attempts` failed ones. Undefined: never, the delivery is given up. `Retry-After` makes a wait
 * longer, never shorter.
 */
export function secondsToNextAttempt(failed: {
  attempts: number;
  kind: WebhookEndpoint['kind'];
  retryAfterSeconds?: number | undefined;
}): number | undefined {
  const { attempts, kind, retryAfterSeconds = 0 } = failed;
  const planned = scheduleOf(kind)[attempts - 1];
  if (planned === undefined) return undefined;
  return Math.max(planned * (1 + Math.random() * jitter), Math.min(retryAfterSeconds, longestWaitSeconds));
}

/** Whether the time is over in which a workflow may not have come to its waiting step yet. */
export function shouldBeWaiting(attempts: number): boolean {
  return attempts > eager.length;
}

function scheduleOf(kind: WebhookEndpoint['kind']): readonly number[] {
  return kind === 'resume' ? [...eager, ...ordinary.slice(1)] : ordinary;
}
