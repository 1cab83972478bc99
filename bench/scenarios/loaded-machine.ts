import { setTimeout as delay } from 'node:timers/promises';
import { distribution } from '../../src/caller/distribution.ts';
import { startCpuLoad } from '../cpu-load.ts';
import { placeCalls, type Scenario } from '../scenario.ts';

/** Ten calls started at once while something else keeps every core busy: how many are answered with a greeting. */
export const loadedMachine = {
  name: 'loaded-machine',
  compared: true,
  async run(bench) {
    const calls = 10;
    const system = await bench.start({ calls });
    const load = startCpuLoad();
    try {
      await delay(8000);
      const reports = await placeCalls(bench, system, {
        calls,
        script: [],
        timeoutSeconds: 45,
        replyTimeoutMs: 40_000,
      });
      const greeted = reports.filter(({ turns }) => (turns[0]?.agentSpeech.length ?? 0) > 0);
      const waits = greeted.flatMap(({ turns, joinedMs }) =>
        joinedMs === null ? [] : (turns[0]?.agentSpeech[0]?.startMs ?? NaN) - joinedMs,
      );
      return {
        loaded_calls: calls,
        loaded_calls_answered: greeted.length,
        loaded_joined_to_greeting_ms_p50: distribution(waits).p50,
        loaded_joined_to_greeting_ms_max: distribution(waits).max,
      };
    } finally {
      await load.stop();
    }
  },
} as const satisfies Scenario;
