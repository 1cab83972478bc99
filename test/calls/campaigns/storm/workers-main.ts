/**
 * A worker, and the phones that it calls, on the database of the first argument: takes up every call that was let in, asks for the
 * last time as a session does, and lets the phone ring for a moment. Each ring is written to the standard output before anything
 * else happens, so that it is known of a process that is killed. The second argument is the seed of its chances.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { permitDial } from '../../../../src/calls/admission/permit-dial.ts';
import { concludeCall } from '../../../../src/calls/end/conclude-call.ts';
import { endCall } from '../../../../src/calls/end/end-call.ts';
import type { EndReason } from '../../../../src/calls/end/end-reason.ts';
import { leaseSeconds } from '../../../../src/calls/lease.ts';
import { admissionStore } from '../../../../src/store/calls/admission-store.ts';
import { callStore } from '../../../../src/store/calls/call-store.ts';
import { openDatabase } from '../../../../src/store/connection/database.ts';
import { trunkSettingsStore } from '../../../../src/store/tenants/trunk-settings-store.ts';
import { seeded } from './seeded.ts';
import { stormAgent, stormRules } from './storm-rules.ts';

const lookEveryMs = 40;
const atOnce = 40;
/** Well before the lease is over, as a session that cannot renew it. */
const surelyHeldMs = (leaseSeconds - 2) * 1000;

const [url = '', seed = '1'] = process.argv.slice(2);
const random = seeded(Number(seed));
const database = openDatabase({ url, maxConnections: 10 });
const calls = callStore(database);
const deps = {
  calls,
  agents: { get: () => stormAgent, list: () => [stormAgent] },
  admission: admissionStore(database),
  trunks: trunkSettingsStore(database),
  rules: stormRules,
};
const busy = new Set<string>();
const report = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);

async function call(callId: string): Promise<void> {
  const takenMs = performance.now();
  const taken = await calls.takeLease({ callId, owner: `${process.pid}/${callId}`, seconds: leaseSeconds });
  if (!taken) return;
  const { epoch } = taken;
  const objection = await permitDial(taken.call, deps);
  if (objection && 'refused' in objection) {
    const refusal = { rule: objection.rule, detail: objection.refused };
    await endCall({ store: calls }, { callId, epoch, reason: 'blocked_by_rule', hungUpBy: 'parley', report: refusal });
    return;
  }
  const won = await calls.transition({
    callId,
    to: 'dialing',
    from: ['dispatching'],
    epoch,
    event: { type: 'call.dialing' },
  });
  if (!won || performance.now() - takenMs > surelyHeldMs) return;
  report({ ring: callId, number: taken.call.phoneNumber!, at: Date.now() });
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
  report({ over: callId });
}

report({ up: process.pid });
for (;;) {
  const { rows } = await database.pool.query<{ id: string }>(
    "SELECT id FROM parley.calls WHERE state = 'dispatching' AND (lease_owner IS NULL OR lease_until < now()) LIMIT $1",
    [atOnce],
  );
  for (const { id } of rows) {
    if (busy.has(id)) continue;
    busy.add(id);
    void call(id).finally(() => busy.delete(id));
  }
  await sleep(lookEveryMs);
}
