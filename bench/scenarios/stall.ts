import { setTimeout as delay } from 'node:timers/promises';
import { dispatches, phoneNumbers } from '../dispatches.ts';
import { sendLoad } from '../load.ts';
import { untilEnded } from '../phone-calls.ts';
import { treeOf } from '../../src/load/process-tree.ts';
import type { Scenario } from '../scenario.ts';

const calls = 6;
/** Longer than a lease. */
const stallMs = 15_000;

/** The worker and all its call processes are stopped in the middle of calls, and continued: how many callers are still there. */
export const stall = {
  name: 'stall',
  compared: false,
  async run(bench) {
    const phones = await bench.startPhones({ calls });
    const numbers = phoneNumbers(calls);
    await phones.sip.set(numbers, { does: 'answer', afterMs: 500, hangUpAfterMs: 40_000 });
    const answers = await sendLoad({
      url: `${phones.api}/api/dispatch`,
      perSecond: 'at once',
      requests: dispatches(phones.key, numbers),
    });
    const ids = answers.map(({ text }) => (JSON.parse(text) as { call_id: string }).call_id);
    for (;;) {
      const dials = await phones.sip.dials();
      if (dials.length === calls && dials.every(({ heardAtMs }) => heardAtMs !== null)) break;
      await delay(200);
    }
    const stopped = treeOf(phones.pid);
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    await delay(stallMs);
    for (const pid of stopped.toReversed()) process.kill(pid, 'SIGCONT');
    await untilEnded(phones, ids);
    const kept = await phones.query<{ id: string }>(
      "SELECT id FROM parley.calls WHERE outcome = 'completed' AND end_reason = 'caller_hung_up'",
    );
    await phones.stop();
    return { stalled_calls: calls, stall_survived: kept.length };
  },
} as const satisfies Scenario;
