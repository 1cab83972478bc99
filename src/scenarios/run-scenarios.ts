import { createGate } from '../worker/call/gate.ts';
import type { Scenario } from './file/scenario-schema.ts';
import type { Ask } from './judge/ask-model.ts';
import { judgeOutcome, type Verdict } from './judge/judge-outcome.ts';
import type { Line, Outcome } from './outcome.ts';

/** One run of a scenario. Without an outcome it could not be run, and the verdict says why. */
export type ScenarioRun = { outcome: Outcome | undefined; verdict: Verdict };

export type ScenarioResult = {
  scenario: Scenario;
  /** None: it makes no sense over this line. */
  runs: readonly ScenarioRun[];
  /** Why it was not run, where it was not. */
  skipped: string | undefined;
  /** Of 1. */
  passRate: number;
  ok: boolean;
};

export type RunOptions = {
  line: Line;
  /** How often each scenario is run. */
  repeat: number;
  /** Share of its runs, of 1, in which a scenario must pass. */
  passRate: number;
  /** How many are run at once. */
  atOnce: number;
  run: (scenario: Scenario) => Promise<Outcome>;
  ask: Ask | undefined;
  signal: AbortSignal;
  /** Told of each scenario when all its runs are over. */
  onResult?: (result: ScenarioResult) => void;
};

/** Runs scenarios and judges them. The results are in the order of the scenarios. */
export async function runScenarios(scenarios: readonly Scenario[], options: RunOptions): Promise<ScenarioResult[]> {
  const gate = createGate(options.atOnce);
  return Promise.all(
    scenarios.map(async (scenario): Promise<ScenarioResult> => {
      const count = unfit(scenario, options.line) === undefined ? options.repeat : 0;
      const runs = await Promise.all(Array.from({ length: count }, () => gate(() => runOnce(scenario, options))));
      const passed = runs.filter(({ verdict }) => verdict.failures.length === 0).length;
      const passRate = runs.length === 0 ? 1 : passed / runs.length;
      const result = {
        scenario,
        runs,
        skipped: unfit(scenario, options.line),
        passRate,
        ok: passRate >= options.passRate,
      };
      options.onResult?.(result);
      return result;
    }),
  );
}

/** Why a scenario is not run over a line; undefined where it is. */
export function unfit(scenario: Scenario, line: Line): string | undefined {
  if (scenario.in && !scenario.in.includes(line)) return `only in ${scenario.in.join(', ')}`;
  return scenario.persona && line === 'sound' ? 'a persona plays in text only' : undefined;
}

async function runOnce(scenario: Scenario, { run, ask, signal }: RunOptions): Promise<ScenarioRun> {
  try {
    signal.throwIfAborted();
    const outcome = await run(scenario);
    return { outcome, verdict: await judgeOutcome(scenario, outcome, ask) };
  } catch (error) {
    const actual = signal.aborted ? 'it was stopped' : error instanceof Error ? error.message : String(error);
    const failure = { line: scenario.line, where: 'the call', expected: 'to be run', actual };
    return { outcome: undefined, verdict: { failures: [failure], unjudged: [] } };
  }
}
