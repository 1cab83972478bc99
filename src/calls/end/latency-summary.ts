import type { Turn, TurnLatency } from '../call.ts';

/** Nearest-rank percentiles of one stage, in milliseconds, over `n` turns. */
export type StageLatency = { n: number; min: number; p50: number; p90: number; p95: number; max: number };

/** Where the time of a call's answers went. A stage that no turn measured is absent. */
export function latencySummary(turns: readonly Turn[]): { [Stage in keyof TurnLatency]?: StageLatency } {
  const stages = ['endOfTurnMs', 'sttMs', 'llmFirstTokenMs', 'ttsFirstAudioMs', 'totalMs'] as const;
  return Object.fromEntries(
    stages.flatMap((stage) => {
      const values = turns.flatMap(({ latency }) => latency?.[stage] ?? []).sort((a, b) => a - b);
      return values.length > 0 ? [[stage, summarize(values)]] : [];
    }),
  );
}

function summarize(sorted: readonly number[]): StageLatency {
  const at = (quantile: number) => sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)]!;
  return { n: sorted.length, min: sorted[0]!, p50: at(0.5), p90: at(0.9), p95: at(0.95), max: sorted.at(-1)! };
}
