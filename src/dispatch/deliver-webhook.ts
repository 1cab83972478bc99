import type { Task } from 'graphile-worker';
import { finalReport, type ReportDependencies, reportParts } from '../calls/end/final-report.ts';
import type { CallEvent } from '../calls/call.ts';
import type { JobQueue } from '../calls/admission/dispatch-ports.ts';
import type { CallStore } from '../calls/ports.ts';
import type { DeliveryStore, WebhookStore } from '../calls/webhooks/webhook-ports.ts';
import type { WebhookRules } from '../calls/webhooks/webhook-target.ts';
import { sendWebhook } from './webhook/send-webhook.ts';
import { webhookMessage } from './webhook/webhook-message.ts';

export type DeliverDependencies = {
  calls: ReportDependencies['calls'] & Pick<CallStore, 'findCall'>;
  messages: ReportDependencies['messages'];
  webhooks: Pick<WebhookStore, 'disableEndpoint'>;
  deliveries: Pick<DeliveryStore, 'claimDelivery' | 'settleDelivery'>;
  jobs: Pick<JobQueue, 'enqueue'>;
  webhookRules: WebhookRules;
};

/** An attempt is over by then; who still has it died. */
const lockSeconds = 25;

/** Payload `{ callId, endpointId }`. Sends what the call owes the endpoint, in order, until it has to wait or all is settled. */
export function deliverWebhook(deps: DeliverDependencies): Task {
  return async (payload) => {
    const { callId, endpointId } = payload as { callId: string; endpointId: string };
    for (;;) {
      const claim = await deps.deliveries.claimDelivery({ callId, endpointId, lockSeconds });
      if (claim.is === 'nothing') return;
      if (claim.is === 'waiting') {
        const key = `webhook:${callId}:${endpointId}`;
        await deps.jobs.enqueue({ task: 'deliver-webhook', payload: { callId, endpointId }, runAt: claim.until, key });
        return;
      }
      await deliver(claim, deps);
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
  return { agent: call.agent, direction: call.direction, metadata: call.metadata };
}
