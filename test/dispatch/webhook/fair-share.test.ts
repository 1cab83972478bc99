import { expect, test } from 'vitest';
import { FairShare, type Place } from '../../../src/dispatch/webhook/fair-share.ts';

const entered = (place: Place): place is { leave(): void } => 'leave' in place;

test('an endpoint that hangs leaves places for others of its tenant, and a tenant for other tenants', async () => {
  const share = new FairShare({ perTenant: 3, perEndpoint: 2, waitingPerTenant: 0 });
  const from = async (tenantId: string, endpointId: string) => entered(await share.enter({ tenantId, endpointId }));
  expect(await Promise.all([from('a', '1'), from('a', '1'), from('a', '1')])).toEqual([true, true, false]);
  expect(await Promise.all([from('a', '2'), from('a', '3')])).toEqual([true, false]);
  expect(await from('b', '4')).toBe(true);
});

test('who waits comes in, in order, as soon as there is room for it', async () => {
  const share = new FairShare({ perTenant: 2, perEndpoint: 1, waitMs: 60_000 });
  const first = (await share.enter({ tenantId: 'a', endpointId: '1' })) as { leave(): void };
  const second = (await share.enter({ tenantId: 'a', endpointId: '2' })) as { leave(): void };
  const order: string[] = [];
  const wait = (endpointId: string) =>
    share.enter({ tenantId: 'a', endpointId }).then((place) => {
      order.push(endpointId);
      return place as { leave(): void };
    });
  const [again, other] = [wait('1'), wait('3')];
  second.leave();
  const third = await other;
  first.leave();
  await again;
  expect(order).toEqual(['3', '1']);
  third.leave();
});

test('a long line comes back little by little', async () => {
  const share = new FairShare({ perTenant: 1, waitingPerTenant: 0, waitMs: 1_000, returnsPerSecond: 10 });
  await share.enter({ tenantId: 'a', endpointId: '1' });
  const places = await Promise.all([1, 2, 3].map(() => share.enter({ tenantId: 'a', endpointId: '1' })));
  const inMs = places.map((place) => ('returnInSeconds' in place ? place.returnInSeconds * 1000 : 0));
  expect(inMs[0]).toBeGreaterThanOrEqual(900);
  for (const [before, after] of [inMs.slice(0, 2), inMs.slice(1)] as [number, number][])
    expect(Math.abs(after - before - 100)).toBeLessThan(20);
});
