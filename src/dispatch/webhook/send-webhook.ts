import type { DeliveryResult, WebhookDelivery, WebhookEndpoint } from '../../calls/webhooks/webhook-ports.ts';
import { resolveWebhookTarget, type WebhookRules, WebhookTargetError } from '../../calls/webhooks/webhook-target.ts';
import { type Answer, postPinned } from './post-pinned.ts';
import { secondsToNextAttempt, shouldBeWaiting } from './retry-schedule.ts';

/** For connecting, sending and the head of the answer; the body is not waited for. */
const defaultTimeoutSeconds = 15;

/** `gone`: the receiver asked never to be sent anything again. */
export type SendResult = DeliveryResult | { state: 'gone'; status: number; error: string };

/** Makes one attempt. Never throws: whatever goes wrong is the result. */
export async function sendWebhook(
  attempt: {
    endpoint: WebhookEndpoint;
    delivery: WebhookDelivery;
    message: { headers: Record<string, string>; body: string };
    timeoutSeconds?: number;
  },
  rules: WebhookRules,
): Promise<SendResult> {
  const { endpoint, message, timeoutSeconds = defaultTimeoutSeconds } = attempt;
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const target = await orTimeout(resolveWebhookTarget(endpoint.url, rules), signal);
    return judge(await postPinned(target, { ...message, signal }), attempt);
  } catch (error) {
    return again(attempt, { error: explain(error, signal.aborted ? timeoutSeconds : undefined) });
  }
}

function judge({ status, retryAfter }: Answer, attempt: Attempt): SendResult {
  if (status >= 200 && status < 300) return { state: 'delivered', status };
  if (status === 410) return { state: 'gone', status, error: 'The receiver answered 410: it wants no more of this.' };
  const { kind } = attempt.endpoint;
  if (kind === 'resume' && (status === 404 || status === 409) && shouldBeWaiting(attempt.delivery.attempts))
    return { state: 'dead', status, error: `The receiver answered ${status}: its workflow does not wait any more.` };
  const error =
    status >= 300 && status < 400
      ? `The receiver answered ${status}. Redirects are not followed: use the address it leads to.`
      : `The receiver answered ${status}.`;
  return again(attempt, { status, error, retryAfterSeconds: secondsOf(retryAfter) });
}

type Attempt = { endpoint: WebhookEndpoint; delivery: WebhookDelivery };

function again(
  { endpoint, delivery }: Attempt,
  failure: { status?: number; error: string; retryAfterSeconds?: number | undefined },
): DeliveryResult {
  const { status, error, retryAfterSeconds } = failure;
  const retryInSeconds = secondsToNextAttempt({ attempts: delivery.attempts, kind: endpoint.kind, retryAfterSeconds });
  const told = { ...(status !== undefined && { status }), error };
  return retryInSeconds !== undefined ? { state: 'pending', retryInSeconds, ...told } : { state: 'dead', ...told };
}

/** `Retry-After` in either of its forms: seconds, or a date. */
function secondsOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d+$/.test(retryAfter.trim())) return Number(retryAfter);
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - Date.now()) / 1000);
}

function explain(error: unknown, timedOutAfterSeconds: number | undefined): string {
  if (error instanceof WebhookTargetError) return `${error.message}.`;
  if (timedOutAfterSeconds !== undefined) return `There was no answer within ${timedOutAfterSeconds} s.`;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'The receiver refuses connections.';
  if (code === 'ECONNRESET') return 'The receiver cut the connection.';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'There is no way to the receiver.';
  if (code?.startsWith('HPE_')) return 'The receiver answered something that is not HTTP.';
  if (code && /CERT|TLS|SSL|ALTNAME|SELF_SIGNED|UNABLE_TO/.test(code))
    return `The certificate of the receiver is not accepted (${code}).`;
  return `The receiver cannot be reached${code ? ` (${code})` : ''}.`;
}

/** The resolver cannot be stopped, only left behind. */
async function orTimeout<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
