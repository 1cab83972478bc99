import type { CallStore } from '../../calls/ports.ts';
import type { DeliveryStore } from '../../calls/webhooks/webhook-ports.ts';
import type { Measurements } from './metric-table.ts';

/** The store, with every end of a call counted where it is written: that happens once, whoever ends the call. */
export function countingCalls(store: CallStore, measurements: Measurements): CallStore {
  return {
    ...store,
    async transition(change) {
      const call = await store.transition(change);
      if (!call || change.to !== 'ended') return call;
      const { direction, agent, outcome, answeredAt, endedAt } = call;
      measurements.count('parley_calls_total', { direction, agent, outcome: outcome ?? 'unknown' });
      if (answeredAt && endedAt) {
        const seconds = Math.max(0, endedAt.getTime() - answeredAt.getTime()) / 1000;
        measurements.observe('parley_call_duration_seconds', { direction }, seconds);
      }
      return call;
    },
  };
}

const results = { delivered: 'delivered', pending: 'retry', dead: 'dead' } as const;

/** The store, with every settled attempt counted. */
export function countingDeliveries<S extends Pick<DeliveryStore, 'settleDelivery'>>(
  store: S,
  measurements: Measurements,
): S {
  for (const result of Object.values(results)) measurements.count('parley_webhook_deliveries_total', { result }, 0);
  return {
    ...store,
    async settleDelivery(id: string, result: Parameters<DeliveryStore['settleDelivery']>[1]) {
      await store.settleDelivery(id, result);
      measurements.count('parley_webhook_deliveries_total', { result: results[result.state] });
    },
  };
}
