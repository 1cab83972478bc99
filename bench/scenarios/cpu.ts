import { setTimeout as delay } from 'node:timers/promises';
import { questions, shortReply } from '../conversation.ts';
import { cpuShare } from '../../src/load/process-tree.ts';
import { placeCalls, type Scenario } from '../scenario.ts';

/** CPU of the whole process tree during ten calls in conversation, per call, in percent of one core. */
export const cpu = {
  name: 'cpu',
  compared: true,
  async run(bench) {
    const calls = 10;
    const windowSeconds = bench.quick ? 15 : 40;
    const settleSeconds = 10;
    const system = await bench.start({ calls, reply: shortReply, admitAll: true });
    const over = placeCalls(bench, system, {
      calls,
      script: questions(30),
      timeoutSeconds: settleSeconds + windowSeconds + 5,
    });
    await delay(settleSeconds * 1000);
    const share = await cpuShare(system.pid, windowSeconds);
    const reports = await over;
    const answered = reports.filter(({ answeredMs }) => answeredMs !== null).length;
    return { cpu_per_call_percent: answered === 0 ? null : tenths((share / answered) * 100), cpu_calls: answered };
  },
} as const satisfies Scenario;

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
