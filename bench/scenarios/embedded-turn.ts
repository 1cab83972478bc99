import { distribution } from '../../src/caller/distribution.ts';
import { questions } from '../conversation.ts';
import { placeCall, type Scenario } from '../scenario.ts';

/** Caller stops → agent heard on the models inside the process, one call alone. */
export const embeddedTurn = {
  name: 'embedded-turn',
  compared: false,
  async run(bench) {
    const turns = bench.quick ? 6 : 21;
    const system = await bench.start({ calls: 1, pipeline: 'embedded' });
    const report = await placeCall(bench, system, { script: questions(turns), timeoutSeconds: 60 + 20 * turns });
    if (!report) return { embedded_turn_ms_p50: null };
    const answers = report.turns.slice(1);
    const { p50, p95, max, n } = distribution(answers.flatMap(({ responseMs }) => responseMs ?? []));
    return {
      embedded_turn_ms_p50: p50,
      embedded_turn_ms_p95: p95,
      embedded_turn_ms_max: max,
      embedded_turns_measured: n,
      embedded_longest_gap_ms: report.metrics.gapMs.max,
    };
  },
} as const satisfies Scenario;
