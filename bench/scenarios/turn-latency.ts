import { shortReply } from '../conversation.ts';
import { providerSumMs } from '../doubles.ts';
import type { Scenario } from '../scenario.ts';
import { turns } from '../turns.ts';

/** Caller stops → agent heard, with providers of fixed delays, for one call alone and for ten at once. */
export const turnLatency = {
  name: 'turn-latency',
  compared: true,
  async run(bench) {
    const system = await bench.start({ calls: 10, reply: shortReply, admitAll: true });
    const alone = await turns(bench, { system, calls: 1, turnsEach: bench.quick ? 6 : 20 });
    const ten = await turns(bench, { system, calls: 10, turnsEach: bench.quick ? 3 : 8 });
    const over = (ms: number | null) => (ms === null ? null : Math.round(ms - providerSumMs));
    return {
      provider_sum_ms: providerSumMs,
      turn_ms_p50: alone.p50,
      turn_ms_p95: alone.p95,
      turn_ms_max: alone.max,
      turn_over_provider_sum_ms_p50: over(alone.p50),
      turn_over_provider_sum_ms_p95: over(alone.p95),
      turn_10_calls_ms_p50: ten.p50,
      turn_10_calls_ms_p95: ten.p95,
      turn_over_provider_sum_10_calls_ms_p50: over(ten.p50),
      turn_over_provider_sum_10_calls_ms_p95: over(ten.p95),
      turns_measured: alone.n,
      turns_measured_10_calls: ten.n,
    };
  },
} as const satisfies Scenario;
