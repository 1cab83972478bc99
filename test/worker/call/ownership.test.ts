import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call } from '../../../src/calls/call.ts';
import type { Lease } from '../../../src/calls/ports.ts';
import { Leases } from '../../../src/worker/call/leases.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A database that gives every call, and holds the leases that are listed. */
function someLeases() {
  let away = false;
  let slowMs = 0;
  const held = new Set<string>();
  const asked: { leases: Lease[]; seconds: number }[] = [];
  const leases = new Leases({
    store: {
      takeLease: async ({ callId }) => {
        held.add(callId);
        return { call: { id: callId } as Call, epoch: 1, talkedSeconds: 0 };
      },
      renewLeases: async (given, seconds) => {
        if (away) throw new Error('the database is away');
        if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
        asked.push({ leases: [...given], seconds });
        return given.map(({ callId }) => callId).filter((id) => held.has(id));
      },
    },
    log: () => undefined,
  });
  const take = async (callId: string) => (await leases.take({ callId, tenantId: 't', owner: callId }))!.ownership;
  return {
    take,
    asked,
    steal: (callId: string) => held.delete(callId),
    slowDown: (ms: number) => (slowMs = ms),
    goAway: () => (away = true),
    comeBack: () => (away = false),
  };
}

describe('the ownership of a call', () => {
  it('is renewed for all calls of the process with one statement', async () => {
    const { take, asked } = someLeases();
    await take('a');
    await take('b');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ leases: [{ callId: 'a', epoch: 1 }, { callId: 'b' }], seconds: 10 });
  });

  it('is lost when somebody else has the call, and its session is told', async () => {
    const { take, steal } = someLeases();
    const ownership = await take('a');
    steal('a');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ownership.lost.aborted).toBe(true);
    expect(await ownership.held()).toBe(false);
    expect(await ownership.release()).toBe(false);
  });

  it('is sure of nothing when the database is away for longer than a lease, and goes on when it is back', async () => {
    const { take, goAway, comeBack } = someLeases();
    const ownership = await take('a');
    goAway();
    await vi.advanceTimersByTimeAsync(7_000);
    expect(ownership.surelyHeld).toBe(true);
    await vi.advanceTimersByTimeAsync(23_000);
    expect(ownership.surelyHeld).toBe(false);
    await expect(ownership.held()).rejects.toThrow('away');
    expect(ownership.lost.aborted).toBe(false);
    comeBack();
    expect(await ownership.held()).toBe(true);
    expect(ownership.surelyHeld).toBe(true);
  });

  it('stays sure, and is renewed in time, while every statement takes five seconds', async () => {
    const { take, slowDown, asked } = someLeases();
    const ownership = await take('a');
    slowDown(5_000);
    const unsure: number[] = [];
    let renewedMs = 0;
    for (let second = 1; second <= 60; second += 1) {
      const before = asked.length;
      await vi.advanceTimersByTimeAsync(1_000);
      if (!ownership.surelyHeld) unsure.push(second);
      if (asked.length > before) renewedMs = second;
      // The lease of ten seconds begins when the statement is carried out.
      expect(second - renewedMs).toBeLessThan(10);
    }
    expect(unsure).toEqual([]);
  });

  it('asks a database that never answers only so often', async () => {
    const { take, slowDown, asked } = someLeases();
    await take('a');
    slowDown(600_000);
    await vi.advanceTimersByTimeAsync(599_000);
    expect(asked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(asked).toHaveLength(3);
  });

  it('asks before it believes in itself after a stall', async () => {
    const { take, steal, asked } = someLeases();
    const ownership = await take('a');
    // The clock has gone on, and no timer of this process has run.
    vi.setSystemTime(Date.now());
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 15_000);
    steal('a');
    expect(ownership.surelyHeld).toBe(false);
    expect(await ownership.held()).toBe(false);
    expect(asked).toHaveLength(1);
    vi.restoreAllMocks();
  });

  it('is renewed no more once it is settled or given back', async () => {
    const { take, asked } = someLeases();
    const [ended, given] = [await take('a'), await take('b')];
    ended.settle();
    expect(await given.release()).toBe(true);
    expect(asked).toEqual([{ leases: [{ callId: 'b', epoch: 1 }], seconds: 0 }]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked).toHaveLength(1);
  });
});
