import { afterEach, beforeEach, expect, it } from 'vitest';
import { callStore } from '../../src/store/calls/call-store.ts';
import { readQueueFigures } from '../../src/store/calls/figures-store.ts';
import { aCall, openStore, otherTenantId } from './open-store.ts';

let store: Awaited<ReturnType<typeof openStore>>;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const cost = (usd: string) => ({
  component: 'llm' as const,
  provider: 'openrouter-llm',
  model: 'm',
  quantity: 1,
  unit: 'token',
  usd,
  source: 'list' as const,
});

it('tells each state of the queue, the deliveries that wait, and the largest spend of a tenant', async () => {
  expect(await readQueueFigures(store.database)).toEqual({
    calls: ['scheduled', 'queued', 'dispatching', 'dialing', 'ringing', 'in_progress'].map((state) => ({
      state,
      count: 0,
    })),
    pendingDeliveries: 0,
    overdueSeconds: 0,
    spentUsd: 0,
  });
  const calls = callStore(store.database);
  const webhooks = [
    {
      kind: 'events' as const,
      url: 'https://hooks.example.com',
      events: ['call.queued' as const, 'call.ended' as const],
    },
  ];
  const first = await calls.insertCall(aCall({ webhooks }), { type: 'call.queued' });
  await calls.insertCall(aCall(), { type: 'call.queued' });
  const other = await calls.insertCall(aCall({ tenantId: otherTenantId, state: 'in_progress' }), {
    type: 'call.answered',
  });
  await calls.record(first.id, { costs: [cost('0.5'), cost('0.25')] });
  await calls.record(other.id, { costs: [cost('2.5')] });
  await store.database.pool.query(
    `UPDATE parley.webhook_deliveries SET next_attempt_at = now() - interval '90 seconds'`,
  );
  const figures = await readQueueFigures(store.database);
  expect(figures.calls.filter(({ count }) => count > 0)).toEqual([
    { state: 'queued', count: 2 },
    { state: 'in_progress', count: 1 },
  ]);
  expect(figures).toMatchObject({ pendingDeliveries: 1, spentUsd: 2.5 });
  expect(figures.overdueSeconds).toBeGreaterThan(89);
  // The first event is tried again later; the second, which waits behind it, is not late.
  await calls.transition({ callId: first.id, to: 'ended', event: { type: 'call.ended' } });
  await store.database.pool.query(
    `UPDATE parley.webhook_deliveries SET next_attempt_at = now() + CASE sequence WHEN 1 THEN 60 ELSE -90 END * interval '1 second'`,
  );
  expect(await readQueueFigures(store.database)).toMatchObject({ pendingDeliveries: 2, overdueSeconds: 0 });
});
