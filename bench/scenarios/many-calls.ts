import { setTimeout as delay } from 'node:timers/promises';
import { distribution } from '../../src/caller/distribution.ts';
import { shortReply, speech } from '../conversation.ts';
import { memoryMb, threadCount } from '../../src/load/process-tree.ts';
import { type Bench, type Figures, placeCall, type Scenario } from '../scenario.ts';

/** Call after call, in some lanes; memory is read between batches, when no call is on. */
export const manyCalls = {
  name: 'many-calls',
  compared: false,
  run: (bench) =>
    callAfterCall(bench, 'many_calls', { lanes: 4, batches: bench.quick ? 4 : 10, batch: bench.quick ? 10 : 20 }),
} as const satisfies Scenario;

export const thousandCalls = {
  name: 'thousand-calls',
  compared: false,
  long: true,
  run: (bench) => callAfterCall(bench, 'thousand_calls', { lanes: 10, batches: 20, batch: 50 }),
} as const satisfies Scenario;

async function callAfterCall(
  bench: Bench,
  prefix: string,
  { lanes, batches, batch }: { lanes: number; batches: number; batch: number },
): Promise<Figures> {
  const system = await bench.start({ calls: lanes, reply: shortReply });
  const readings: number[] = [];
  const threads: number[] = [];
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
    threads.push(threadCount(system.pid));
    console.log(`  ${(round + 1) * batch} calls, ${answered} answered, ${Math.round(readings.at(-1) ?? 0)} MB`);
  }
  // At its hundredth call a process is replaced, so the most of any reading until then counts.
  const round100 = batches * batch < 100 ? 0 : Math.ceil(100 / batch);
  // The first batch fills caches and pools; growth is what comes after it.
  const { early, late } = halves(readings.slice(1));
  return {
    [prefix]: batches * batch,
    [`${prefix}_answered`]: answered,
    ...(round100 > 0 && {
      threads_after_100_calls: Math.max(...threads.slice(0, round100)) - threads[0]!,
    }),
    [`${prefix}_memory_first_mb`]: Math.round(readings[0] ?? 0),
    [`${prefix}_memory_early_mb`]: Math.round(early),
    [`${prefix}_memory_late_mb`]: Math.round(late),
    [`${prefix}_memory_growth_percent`]: Math.round((1000 * (late - early)) / early) / 10,
  };
}

/** Medians of the first and of the second half. */
export function halves(readings: number[]): { early: number; late: number } {
  const half = Math.ceil(readings.length / 2);
  return {
    early: distribution(readings.slice(0, half)).p50 ?? 0,
    late: distribution(readings.slice(-half)).p50 ?? 0,
  };
}
