import { setTimeout as delay } from 'node:timers/promises';
import { distribution } from '../../src/caller/distribution.ts';
import { startWebhookReceiver } from '../../test/fakes/webhook-receiver.ts';
import { phoneNumbers } from '../dispatches.ts';
import { phoneCalls } from '../phone-calls.ts';
import type { Scenario } from '../scenario.ts';

const atOnce = 8;
/** For the last deliveries to come. */
const longestMs = 10_000;
const events = ['call.queued', 'call.dialing', 'call.ringing', 'call.answered', 'call.ended'];

/**
 * Something happens to a call → a receiver that is well hears of it, while eight calls at once ring and are answered 50 ms later, so
 * that the next event comes while the one before is on its way.
 */
export const webhooks = {
  name: 'webhooks',
  compared: false,
  async run(bench) {
    const phones = await bench.startPhones({ calls: atOnce });
    const receiver = await startWebhookReceiver();
    try {
      const registered = await fetch(`${phones.api}/api/webhooks`, {
        method: 'POST',
        headers: { 'X-API-Key': phones.key, 'Content-Type': 'application/json' },
        body: JSON.stringify({ url: receiver.url, events }),
      });
      if (!registered.ok) throw new Error(`No webhook: ${registered.status} ${await registered.text()}`);
      const numbers = phoneNumbers(atOnce * (bench.quick ? 3 : 12));
      const owed = numbers.length * events.length;
      await phones.sip.set(numbers, { does: 'answer', afterMs: 50, hangUpAfterMs: 1_500 });
      while (numbers.length > 0) await phoneCalls(phones, numbers.splice(0, atOnce));
      const deadlineMs = performance.now() + longestMs;
      while (receiver.received.length < owed && performance.now() < deadlineMs) await delay(200);
      const lateMs = receiver.received.map(({ body, atMs }) => {
        const { created_at } = JSON.parse(body) as { created_at: string };
        return performance.timeOrigin + atMs - Date.parse(created_at);
      });
      const { p50, max } = distribution(lateMs);
      const p99 = lateMs.toSorted((a, b) => a - b)[Math.ceil(0.99 * lateMs.length) - 1];
      return {
        webhook_delivery_ms_p50: p50,
        webhook_delivery_ms_p99: p99 === undefined ? null : Math.round(p99),
        webhook_delivery_ms_max: max,
        webhook_deliveries: lateMs.length,
        webhook_deliveries_missing: owed - new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size,
      };
    } finally {
      await phones.stop();
      await receiver.close();
    }
  },
} as const satisfies Scenario;
