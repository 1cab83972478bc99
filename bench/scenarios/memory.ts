import { setTimeout as delay } from 'node:timers/promises';
import type { CallerReport } from '../../src/caller/caller-report.ts';
import { questions, shortReply } from '../conversation.ts';
import { settledMb } from '../../src/load/process-tree.ts';
import { placeCall, type Scenario } from '../scenario.ts';

const steps = [1, 10, 20] as const;
const idleSeconds = 50;

/** Proportional set size of the whole process tree with no call, 1, 10 and 20 calls in conversation. */
export const memory = {
  name: 'memory',
  compared: true,
  async run(bench) {
    const system = await bench.start({ calls: 20, reply: shortReply, admitAll: true });
    const settleSeconds = bench.quick ? 8 : 20;
    const over: Promise<CallerReport | null>[] = [];
    // An idle process gives back what its start has left after half a minute.
    await delay(idleSeconds * 1000);
    const figures: Record<string, number | null> = { memory_idle_mb: await settledMb(system.pid) };
    const megabytes = new Map<number, number>();
    for (const calls of steps) {
      while (over.length < calls) {
        over.push(placeCall(bench, system, { script: questions(60), timeoutSeconds: 60 + 3 * settleSeconds }));
        await delay(1000);
      }
      await delay(settleSeconds * 1000);
      const mb = await settledMb(system.pid);
      megabytes.set(calls, mb);
      figures[`memory_${calls}_call${calls === 1 ? '' : 's'}_mb`] = mb;
    }
    const reports = await Promise.all(over);
    const answered = reports.filter((report) => report !== null && report.answeredMs !== null).length;
    // With a call missing, the difference is not what the calls cost.
    const extra = (from: number, to: number) =>
      answered < over.length
        ? null
        : Math.round((10 * ((megabytes.get(to) ?? NaN) - (megabytes.get(from) ?? NaN))) / (to - from)) / 10;
    return {
      ...figures,
      memory_per_call_mb: extra(1, 20),
      memory_per_call_1_to_10_mb: extra(1, 10),
      memory_per_call_10_to_20_mb: extra(10, 20),
      memory_calls_answered: answered,
    };
  },
} as const satisfies Scenario;
