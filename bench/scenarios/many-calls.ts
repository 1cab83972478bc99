import { setTimeout as delay } from 'node:timers/promises';
import { distribution } from '../../src/caller/distribution.ts';
import { shortReply, speech } from '../conversation.ts';
import { memoryMb } from '../process-tree.ts';
import { placeCall, type Scenario } from '../scenario.ts';

const lanes = 4;

/** Call after call, in four lanes; memory is read between batches, when no call is on. */
export const manyCalls = {
  name: 'many-calls',
  compared: false,
  async run(bench) {
    const [batches, batch] = bench.quick ? [4, 10] : [10, 20];
    const system = await bench.start({ calls: lanes, reply: shortReply });
    const readings: number[] = [];
    let answered = 0;
    for (let round = 0; round < batches; round++) {
      let left = batch;
      const lane = async () => {
        while (left-- > 0) {
          const report = await placeCall(bench, system, {
            script: [{ say: speech('hours'), after: 300 }],
            timeoutSeconds: 20,
            agentFinishedMs: 300,
          });
          if (report?.turns[1]?.responseMs) answered++;
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      await delay(3000);
      readings.push(memoryMb(system.pid));
    }
    // The first batch fills caches and pools; growth is what comes after it.
    const settled = readings.slice(1);
    const half = Math.ceil(settled.length / 2);
    const early = distribution(settled.slice(0, half)).p50 ?? 0;
    const late = distribution(settled.slice(-half)).p50 ?? 0;
    return {
      many_calls: batches * batch,
      many_calls_answered: answered,
      many_calls_memory_first_mb: Math.round(readings[0] ?? 0),
      many_calls_memory_early_mb: Math.round(early),
      many_calls_memory_late_mb: Math.round(late),
      many_calls_memory_growth_percent: Math.round((1000 * (late - early)) / early) / 10,
    };
  },
} as const satisfies Scenario;
