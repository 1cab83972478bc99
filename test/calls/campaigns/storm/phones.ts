import { setTimeout as sleep } from 'node:timers/promises';
import { permitDial } from '../../../../src/calls/admission/permit-dial.ts';
import { concludeCall } from '../../../../src/calls/end/conclude-call.ts';
import { endCall } from '../../../../src/calls/end/end-call.ts';
import type { EndReason } from '../../../../src/calls/end/end-reason.ts';
import { admissionStore } from '../../../../src/store/calls/admission-store.ts';
import { callStore } from '../../../../src/store/calls/call-store.ts';
import type { Database } from '../../../../src/store/connection/database.ts';
import { trunkSettingsStore } from '../../../../src/store/tenants/trunk-settings-store.ts';
import { stormAgent, stormRules } from './storm-rules.ts';

/** A phone rang. */
export type Ring = { callId: string; number: string; at: number };

const lookEveryMs = 40;
const atOnce = 40;

/**
 * The workers, and the phones that they call: takes up every call that was let in, asks for the last time as a session does,
 * and lets the phone ring for a moment. `random` gives 0 to 1.
 */
export function answerCalls(database: Database, random: () => number) {
  const calls = callStore(database);
  const rings: Ring[] = [];
  const busy = new Set<string>();
  let closed = false;
  let mostAtOnce = 0;
  const deps = {
    calls,
    agents: { get: () => stormAgent, list: () => [stormAgent] },
    admission: admissionStore(database),
    trunks: trunkSettingsStore(database),
    rules: stormRules,
  };

  async function call(callId: string): Promise<void> {
    const taken = await calls.takeLease({ callId, owner: `phones/${callId}`, seconds: 30 });
    if (!taken) return;
    const { epoch } = taken;
    const objection = await permitDial(taken.call, deps);
    if (objection && 'refused' in objection) {
      const report = { rule: objection.rule, detail: objection.refused };
      await endCall({ store: calls }, { callId, epoch, reason: 'blocked_by_rule', hungUpBy: 'parley', report });
      return;
    }
    rings.push({ callId, number: taken.call.phoneNumber!, at: performance.now() });
    await calls.transition({ callId, to: 'dialing', epoch, event: { type: 'call.dialing' } });
    await sleep(20 + random() * 150);
    const luck = random();
    const reason: EndReason = luck < 0.6 ? 'caller_hung_up' : luck < 0.85 ? 'ring_timeout' : 'busy';
    const answeredAt = new Date();
    if (reason === 'caller_hung_up') {
      await calls.transition({ callId, to: 'in_progress', epoch, event: { type: 'call.answered' } });
      await sleep(50 + random() * 200);
    }
    await concludeCall(
      { store: calls, callingWindow: undefined },
      {
        callId,
        epoch,
        reason,
        hungUpBy: 'callee',
        // Nobody speaks for so short a time; the breaker is another test's.
        ...(reason === 'caller_hung_up' && { answeredAt: new Date(answeredAt.getTime() - 30_000) }),
      },
    );
  }

  const running = (async () => {
    while (!closed) {
      const { rows } = await database.pool.query<{ id: string }>(
        "SELECT id FROM parley.calls WHERE state = 'dispatching' AND lease_owner IS NULL LIMIT $1",
        [atOnce],
      );
      for (const { id } of rows) {
        if (busy.has(id)) continue;
        busy.add(id);
        mostAtOnce = Math.max(mostAtOnce, busy.size);
        void call(id).finally(() => busy.delete(id));
      }
      await sleep(lookEveryMs);
    }
  })();

  return {
    rings,
    mostAtOnce: () => mostAtOnce,
    async close() {
      closed = true;
      await running;
      while (busy.size > 0) await sleep(lookEveryMs);
    },
  };
}

/** Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
