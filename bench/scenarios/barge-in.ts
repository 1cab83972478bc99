import { distribution } from '../../src/caller/distribution.ts';
import type { CallerStep } from '../../src/caller/caller-script.ts';
import { longReply, speech } from '../conversation.ts';
import { placeCall, type Scenario } from '../scenario.ts';

/** The caller speaks over the agent → the agent is silent. */
export const bargeIn = {
  name: 'barge-in',
  compared: true,
  async run(bench) {
    const system = await bench.start({ calls: 1, reply: longReply, admitAll: true });
    const times = bench.quick ? 5 : 20;
    const interruptions: CallerStep[] = Array.from({ length: times }, (_, index) => ({
      say: speech('hours'),
      // Different moments of the answer, not one that happens to suit.
      interruptAfterMs: 800 + 137 * (index % 7),
      expect: { reply: false },
    }));
    const report = await placeCall(bench, system, {
      script: [{ say: speech('address') }, ...interruptions],
      timeoutSeconds: 30 + 8 * times,
    });
    const { p50, p95, max, n } = distribution((report?.turns ?? []).flatMap(({ bargeInMs }) => bargeInMs ?? []));
    return { barge_in_ms_p50: p50, barge_in_ms_p95: p95, barge_in_ms_max: max, barge_ins_measured: n };
  },
} as const satisfies Scenario;
