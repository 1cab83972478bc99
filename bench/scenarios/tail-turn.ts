import { shortReply } from '../conversation.ts';
import { tailProviders } from '../doubles.ts';
import type { Bench, Figures, Scenario } from '../scenario.ts';
import { turns } from '../turns.ts';

/** Caller stops → agent heard, six calls at once, with hosted providers whose delays are spread as those of real ones are. */
export const tailTurn = {
  name: 'tail-turn',
  compared: true,
  async run(bench) {
    const hedged = await measure(bench, 'tail_turn', {});
    if (bench.system !== 'parley') return hedged;
    return {
      ...hedged,
      ...(await measure(bench, 'tail_turn_unhedged', { PARLEY_HEDGED_REQUESTS_PERCENT: '0' })),
    };
  },
} as const satisfies Scenario;

async function measure(bench: Bench, name: string, parley: Record<string, string>): Promise<Figures> {
  const calls = 6;
  const system = await bench.start({ calls, admitAll: true, providers: tailProviders(shortReply), parley });
  const { p50, p95, max, n } = await turns(bench, { system, calls, turnsEach: bench.quick ? 8 : 30 });
  await system.stop();
  const ratio = p50 && p95 ? Math.round((100 * p95) / p50) / 100 : null;
  return {
    [`${name}_ms_p50`]: p50,
    [`${name}_ms_p95`]: p95,
    [`${name}_ms_max`]: max,
    [`${name}_p95_by_p50`]: ratio,
    [`${name}s_measured`]: n,
  };
}
