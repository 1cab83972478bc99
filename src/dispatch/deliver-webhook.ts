import type { Task } from 'graphile-worker';
import { finalReport, type ReportDependencies, reportParts } from '../calls/end/final-report.ts';
import type { CallEvent } from '../calls/call.ts';
import type { JobQueue } from '../calls/admission/dispatch-ports.ts';
import type { CallStore, Due } from '../calls/ports.ts';
import type { DeliveryStore, WebhookStore } from '../calls/webhooks/webhook-ports.ts';
import type { WebhookRules } from '../calls/webhooks/webhook-target.ts';
import { FairShare } from './webhook/fair-share.ts';
import { sendWebhook } from './webhook/send-webhook.ts';
import { webhookMessage } from './webhook/webhook-message.ts';

export type DeliverDependencies = {
  calls: ReportDependencies['calls'] & Pick<CallStore, 'findCall'>;
  messages: ReportDependencies['messages'];
  recordings: ReportDependencies['recordings'];
  webhooks: Pick<WebhookStore, 'disableEndpoint'>;
  deliveries: Pick<DeliveryStore, 'claimDelivery' | 'settleDelivery'>;
  jobs: Pick<JobQueue, 'enqueue'>;
  webhookRules: WebhookRules;
};

/** An attempt is over by then; who still has it died. */
const lockSeconds = 25;
/** With its last attempt a job that takes no more deliveries after this is over well within `longestDeliverySeconds`. */
const takesForMs = 10_000;

type Line = { callId: string; endpointId: string; tenantId?: string };

/**
 * Payload `{ callId, endpointId, tenantId }`. Sends what the call owes the endpoint, in order, until it has to wait, its time is
 * over or all is settled. A tenant or an endpoint whose share is taken comes back later.
 */
export function deliverWebhook(deps: DeliverDependencies, share = new FairShare()): Task {
  return async (payload) => {
    const line = payload as Line;
    const { callId, endpointId, tenantId = endpointId } = line;
    const again = (runAt: Due) =>
      deps.jobs.enqueue({
        task: 'deliver-webhook',
        payload: line,
        runAt,
        key: `webhook:${callId}:${endpointId}`,
        // An event that came meanwhile has made a job that is due at once.
        earlierWins: true,
      });
    const place = await share.enter({ tenantId, endpointId });
    if ('returnInSeconds' in place) return again({ inSeconds: place.returnInSeconds });
    try {
      for (const startedMs = performance.now(); performance.now() - startedMs < takesForMs;) {
        const claim = await deps.deliveries.claimDelivery({ callId, endpointId, lockSeconds });
        if (claim.is === 'nothing') return;
        if (claim.is === 'waiting') return await again(claim.until);
        await deliver(claim, deps);
      }
      await again({ inSeconds: 0 });
    } finally {
      place.leave();
    }
  };
}

type Claim = Extract<Awaited<ReturnType<DeliveryStore['claimDelivery']>>, { is: 'claimed' }>;

async function deliver({ delivery, endpoint, event }: Claim, deps: DeliverDependencies): Promise<void> {
  const { deliveries, webhooks, webhookRules } = deps;
  if (endpoint.disabledAt) {
    await deliveries.settleDelivery(delivery.id, { state: 'dead', error: 'The webhook is disabled.' });
    return;
  }
  const about = await tell(event, deps);
  const message = webhookMessage({ delivery, endpoint, event, about });
  const result = await sendWebhook({ endpoint, delivery, message }, webhookRules);
  if (result.state === 'gone') {
    const { status, error } = result;
    await deliveries.settleDelivery(delivery.id, { state: 'dead', status, error });
    await webhooks.disableEndpoint(endpoint.id, error);
  } else await deliveries.settleDelivery(delivery.id, result);
}

/** The final report with `call.ended`; else what tells the receiver which of its own matters the call is about. */
async function tell({ callId, type }: CallEvent, deps: DeliverDependencies): Promise<Record<string, unknown>> {
  const call = await deps.calls.findCall(callId);
  if (!call) return {};
  if (type === 'call.ended') return finalReport(call, await reportParts(callId, deps));
  const { agent, direction, metadata } = call;
  if (type !== 'call.analyzed') return { agent, direction, metadata };
  return { agent, direction, metadata, phone_number: call.phoneNumber, lead_id: call.leadId, outcome: call.outcome };
}
