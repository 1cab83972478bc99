import { setTimeout as delay } from 'node:timers/promises';
import { questions, shortReply } from '../conversation.ts';
import { lanProviders } from '../doubles.ts';
import { cpuShare, settledMb } from '../../src/load/process-tree.ts';
import { placeCalls, type Scenario } from '../scenario.ts';
import { turns } from '../turns.ts';

/** The LAN pipeline: turns of one call alone, then CPU of ten in conversation, and the memory of each beyond the first. */
export const lan = {
  name: 'lan',
  compared: true,
  async run(bench) {
    const calls = 10;
    const windowSeconds = bench.quick ? 15 : 20;
    const settleSeconds = 10;
    const system = await bench.start({
      calls,
      pipeline: 'lan',
      providers: lanProviders(shortReply),
      admitAll: true,
    });
    const { p50, p95, max, n } = await turns(bench, { system, calls: 1, turnsEach: bench.quick ? 6 : 10 });
    const talk = (count: number, seconds: number) =>
      placeCalls(bench, system, { calls: count, script: questions(30), timeoutSeconds: seconds });
    const one = talk(1, settleSeconds + 10);
    await delay(settleSeconds * 1000);
    const oneMb = await settledMb(system.pid);
    await one;
    const ten = talk(calls, settleSeconds + windowSeconds + 10);
    await delay(settleSeconds * 1000);
    const share = await cpuShare(system.pid, windowSeconds);
    const tenMb = await settledMb(system.pid);
    const answered = (await ten).filter(({ answeredMs }) => answeredMs !== null).length;
    const tenths = (value: number) => Math.round(value * 10) / 10;
    return {
      lan_turn_ms_p50: p50,
      lan_turn_ms_p95: p95,
      lan_turn_ms_max: max,
      lan_turns_measured: n,
      lan_cpu_per_call_percent: answered === 0 ? null : tenths((share / answered) * 100),
      // With a call missing, the difference is not what the calls cost.
      lan_memory_per_call_mb: answered < calls ? null : tenths((tenMb - oneMb) / (calls - 1)),
      lan_calls_answered: answered,
    };
  },
} as const satisfies Scenario;
