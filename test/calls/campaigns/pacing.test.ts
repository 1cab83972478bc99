import { describe, expect, test } from 'vitest';
import { fairShare, paceAllowsAt, type Places, roomFor } from '../../../src/calls/campaigns/pacing.ts';
import { aLook, aRival } from './a-look.ts';

const now = new Date('2026-05-04T15:00:00Z');
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const places: Places = { maxCalls: 50, reservedCalls: 10, trunkMaxCalls: 50 };
const room = (look: Parameters<typeof aLook>[0], of: Partial<Places> = {}) =>
  roomFor(aLook(look), { ...places, ...of }, now);

describe('how many calls a campaign may place', () => {
  test('is what its own limit leaves', () => {
    expect(room({ pacing: { maxCalls: 10 }, calling: 4 })).toBe(6);
    expect(room({ pacing: { maxCalls: 10 }, calling: 12 })).toBe(0);
  });

  test('leaves the places free that are kept for people who call in', () => {
    expect(room({ pacing: { maxCalls: 100 }, tenantTaken: 35 })).toBe(5);
    expect(room({ pacing: { maxCalls: 100 }, tenantTaken: 45 })).toBe(0);
    expect(room({ pacing: { maxCalls: 100 } }, { trunkMaxCalls: 3 })).toBe(3);
  });

  test('is none while its calls are not taken up', () => {
    expect(room({ unattended: 1 })).toBe(0);
  });

  test('follows calls per minute, without making up for what was not used', () => {
    const pacing = { maxCalls: 40, callsPerMinute: 60 };
    expect(room({ pacing })).toBe(1);
    expect(room({ pacing, lastPlacedAt: secondsAgo(0.5) })).toBe(0);
    expect(room({ pacing, lastPlacedAt: secondsAgo(1) })).toBe(1);
    expect(room({ pacing, lastPlacedAt: secondsAgo(3600) })).toBe(2);
    expect(paceAllowsAt(aLook({ pacing, lastPlacedAt: secondsAgo(0.5) }), now)).toEqual(secondsAgo(-0.5));
  });

  test.each([
    ['everybody is expected to answer while the rate is not known', { ended: 10, answered: 1 }, 5],
    ['a quarter answers, so four phones ring for each free place', { ended: 100, answered: 25 }, 20],
    ['hardly anybody answers, and ten phones ring at most', { ended: 100, answered: 1 }, 50],
  ])('follows the answer rate: %s', (_, lately, expected) => {
    const pacing = { maxCalls: 500, maxConversations: 5 };
    expect(room({ pacing, lately }, { maxCalls: 1000, trunkMaxCalls: 1000 })).toBe(expected);
  });

  test('counts the phones that ring already, and the people who talk', () => {
    const pacing = { maxCalls: 100, maxConversations: 5 };
    const lately = { ended: 100, answered: 25 };
    expect(room({ pacing, lately, calling: 10, talking: 3 })).toBe(1);
    expect(room({ pacing, lately, calling: 5, talking: 5 })).toBe(0);
  });

  test('is an even share of the places, between campaigns of a tenant and between tenants on a trunk', () => {
    const mine = aRival({ maxCalls: 100 });
    const other = aRival({ id: 'campaign_2', maxCalls: 100 });
    expect(room({ pacing: { maxCalls: 100 }, rivals: [mine, other] })).toBe(20);
    const small = aRival({ id: 'campaign_2', maxCalls: 5 });
    expect(room({ pacing: { maxCalls: 100 }, rivals: [mine, small] })).toBe(35);
    const done = aRival({ id: 'campaign_2', maxCalls: 100, hasDue: false, calling: 2 });
    expect(room({ pacing: { maxCalls: 100 }, rivals: [mine, done] })).toBe(38);
    const stranger = aRival({ id: 'campaign_3', tenantId: 'tenant_b', maxCalls: 100 });
    expect(room({ pacing: { maxCalls: 100 }, rivals: [mine, other, stranger] }, { trunkMaxCalls: 12 })).toBe(3);
  });

  test('takes nothing from a campaign that has less than its share', () => {
    const mine = aRival({ maxCalls: 100, calling: 30 });
    const other = aRival({ id: 'campaign_2', maxCalls: 100, calling: 0 });
    expect(room({ pacing: { maxCalls: 100 }, calling: 30, tenantTaken: 30, rivals: [mine, other] })).toBe(0);
  });
});

test('what one does not want goes to the others', () => {
  const demands = [
    { id: 'a', wants: 2 },
    { id: 'b', wants: 100 },
    { id: 'c', wants: 100 },
  ];
  expect(['a', 'b', 'c'].map((id) => fairShare(12, demands, id))).toEqual([2, 5, 5]);
  expect(fairShare(1, demands, 'c')).toBe(1);
  expect(fairShare(0, demands, 'c')).toBe(0);
  expect(fairShare(5, demands, 'nobody')).toBe(0);
});
