import { type Distribution, distribution } from '../src/caller/distribution.ts';
import { questions } from './conversation.ts';
import { type Bench, placeCalls } from './scenario.ts';
import type { System } from '../src/load/system.ts';

/** Caller stops → agent heard, over all turns of so many calls at once but the greetings. */
export async function turns(
  bench: Bench,
  { system, calls, turnsEach }: { system: System; calls: number; turnsEach: number },
): Promise<Distribution> {
  const script = questions(turnsEach);
  const reports = await placeCalls(bench, system, { calls, script, timeoutSeconds: 30 + 10 * turnsEach });
  return distribution(reports.flatMap((report) => report.turns.slice(1).flatMap(({ responseMs }) => responseMs ?? [])));
}
