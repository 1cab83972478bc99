import { setTimeout as delay } from 'node:timers/promises';
import { distribution } from '../../src/caller/distribution.ts';
import { questions, shortReply } from '../conversation.ts';
import { type Behaviours, cloudDelaysMs, cloudProviders, cloudSumMs, fluxProviders } from '../doubles.ts';
import type { Bench, Figures, Scenario } from '../scenario.ts';
import { turns } from '../turns.ts';
import type { System } from '../../src/load/system.ts';

/** Recognition that says early that the turn may be over. */
const flux = {
  preset: 'cloud',
  stt: { provider: 'deepgram-flux-stt', options: { eagerEotThreshold: 0.4 } },
};

/** Caller stops → agent heard, one call alone, with hosted providers at their published medians. */
export const cloudTurn = {
  name: 'cloud-turn',
  compared: true,
  async run(bench) {
    const nova = cloudProviders(shortReply, cloudDelaysMs);
    const alone = await measure(bench, { name: 'cloud', turns: bench.quick ? 8 : 16, providers: nova });
    return {
      cloud_provider_sum_ms: cloudSumMs,
      ...alone,
      ...(await overFloor(bench, nova, alone['cloud_turn_ms_p50'] ?? null)),
      ...(await measure(bench, {
        name: 'flux',
        turns: bench.quick ? 4 : 6,
        providers: fluxProviders(shortReply),
        pipeline: flux,
      })),
    };
  },
} as const satisfies Scenario;

async function measure(
  bench: Bench,
  { name, turns, ...wanted }: { name: string; turns: number; providers: Behaviours; pipeline?: typeof flux },
): Promise<Figures> {
  const system = await bench.start({ calls: 1, admitAll: true, ...wanted });
  const { callId, ...room } = await system.openRoom();
  const report = await bench.fleet.call({ ...room, script: questions(turns), timeoutSeconds: 30 + 10 * turns });
  const stages = callId ? await stagesOf(system, callId) : [];
  await system.stop();
  const { p50, p95, max, n } = distribution(report.turns.slice(1).flatMap(({ responseMs }) => responseMs ?? []));
  return {
    [`${name}_turn_ms_p50`]: p50,
    [`${name}_turn_ms_p95`]: p95,
    [`${name}_turn_ms_max`]: max,
    [`${name}_turns_measured`]: n,
    ...Object.fromEntries(stages.map(([stage, ms]) => [`${name}_stage_${stage}_p50`, ms])),
  };
}

/** What is left of a turn, alone and of ten at once, when the delays of the providers and WebRTC both ways are taken off. */
async function overFloor(bench: Bench, providers: Behaviours, aloneMs: number | null): Promise<Figures> {
  const { stt, llmFirstToken, ttsFirstAudio } = cloudDelaysMs;
  const { caller_to_agent_ms_p50: there, agent_to_caller_ms_p50: back } = bench.calibration;
  const floorMs = stt + llmFirstToken + ttsFirstAudio + (there ?? 0) + (back ?? 0);
  const system = await bench.start({ calls: 10, admitAll: true, providers });
  const ten = await turns(bench, { system, calls: 10, turnsEach: bench.quick ? 3 : 8 });
  await system.stop();
  const over = (ms: number | null) => (ms === null ? null : Math.round(ms - floorMs));
  return { turn_over_floor_ms_p50: over(aloneMs), turn_over_floor_10_calls_ms_p50: over(ten.p50) };
}

/** Where the time went as the agent's end saw it, from the caller's last voiced sample there. */
async function stagesOf(system: System, callId: string): Promise<[string, number][]> {
  // What was said last is still being written.
  await delay(1500);
  const report = await system.reportOf?.(callId);
  return Object.entries(report?.latency ?? {}).map(([stage, { p50 }]) => [stage, p50]);
}
