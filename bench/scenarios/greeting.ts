import { distribution } from '../../src/caller/distribution.ts';
import { placeCall, type Scenario } from '../scenario.ts';

/** Answered (the agent's track can be heard) → first sample of the greeting, and the same from the moment the caller joined. */
export const greeting = {
  name: 'greeting',
  compared: true,
  async run(bench) {
    const system = await bench.start({ calls: 1, admitAll: true });
    const answered: number[] = [];
    const joined: number[] = [];
    for (let call = 0; call < (bench.quick ? 5 : 20); call++) {
      const report = await placeCall(bench, system, { script: [], timeoutSeconds: 20 });
      const first = report?.turns[0]?.agentSpeech[0];
      if (!report || !first || report.answeredMs === null || report.joinedMs === null) continue;
      answered.push(first.startMs - report.answeredMs);
      joined.push(first.startMs - report.joinedMs);
    }
    const [fromAnswer, fromJoin] = [distribution(answered), distribution(joined)];
    return {
      greeting_ms_p50: fromAnswer.p50,
      greeting_ms_p95: fromAnswer.p95,
      joined_to_greeting_ms_p50: fromJoin.p50,
      joined_to_greeting_ms_p95: fromJoin.p95,
      greetings_measured: fromAnswer.n,
    };
  },
} as const satisfies Scenario;
