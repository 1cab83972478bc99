import { relative } from 'node:path';
import type { Failure } from '../judge/judge-outcome.ts';
import type { ScenarioResult, ScenarioRun } from '../run-scenarios.ts';

/** A table of the scenarios, each failure as what was expected against what happened, and what was not looked at. */
export function printResults(results: readonly ScenarioResult[], { seconds }: { seconds: number }): string {
  const width = Math.max(0, ...results.map(({ scenario }) => titleOf(scenario).length));
  const lines = results.flatMap((result) => [row(result, width), ...(result.ok ? [] : failuresOf(result))]);
  const unjudged = [...new Set(results.flatMap(({ runs }) => runs.flatMap(({ verdict }) => verdict.unjudged)))];
  const models = [...new Set(results.flatMap(({ runs }) => runs.flatMap(({ outcome }) => outcome?.model ?? [])))];
  return [
    ...lines,
    '',
    ...unjudged.map((note) => `Note: ${note}.`),
    ...(models.length > 0 ? [`Answered by ${models.join(', ')}.`] : []),
    summary(results, seconds),
    '',
  ].join('\n');
}

/** `receptionist › takes a message` */
export function titleOf({ agent, name }: { agent: string; name: string }): string {
  return `${agent} › ${name}`;
}

function row({ scenario, runs, skipped, passRate, ok }: ScenarioResult, width: number): string {
  if (runs.length === 0) return `– ${titleOf(scenario).padEnd(width)}  ${skipped ?? ''}`;
  const outcomes = runs.flatMap(({ outcome }) => outcome ?? []);
  const turns = outcomes.reduce((sum, { exchanges }) => sum + exchanges.length, 0);
  const cost = outcomes.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const slowest = Math.max(0, ...outcomes.flatMap(({ exchanges }) => exchanges.map(({ answerMs }) => answerMs ?? 0)));
  const rate = runs.length === 1 ? '' : `  ${Math.round(passRate * 100)} % of ${runs.length}`;
  const money = cost === 0 ? '' : `  $${cost.toFixed(4)}`;
  return `${ok ? '✓' : '✗'} ${titleOf(scenario).padEnd(width)}  ${turns} turns  ≤ ${slowest} ms${money}${rate}`;
}

function failuresOf({ scenario, runs }: ScenarioResult): string[] {
  const worst = runs.find(({ verdict }) => verdict.failures.length > 0);
  const failures = worst?.verdict.failures ?? [];
  const file = relative('', scenario.file);
  return [...failures.flatMap((failure) => diff(failure, file)), ...transcript(worst)];
}

function diff({ line, where, expected, actual }: Failure, file: string): string[] {
  return [`    ${where}  (${file}:${line})`, `      - expected ${expected}`, `      + ${actual}`];
}

/** The call as it went, for whoever has to find out why. */
function transcript(run: ScenarioRun | undefined): string[] {
  const lines = (run?.outcome?.exchanges ?? []).flatMap(({ did, written, tools, interrupted }) => [
    `      caller: ${did}`,
    ...(written ? [`      agent:  ${written}${interrupted ? ' —' : ''}`] : []),
    ...tools.map(({ name, arguments: given }) => `      tool:   ${name} ${JSON.stringify(given)}`),
  ]);
  return lines.length > 0 ? ['    the call:', ...lines] : [];
}

/** `8 passed, 1 failed, 2 skipped in 0.4 s (120 turns a second)` */
function summary(results: readonly ScenarioResult[], seconds: number): string {
  const count = (matches: (result: ScenarioResult) => boolean) => results.filter(matches).length;
  const turns = results
    .flatMap(({ runs }) => runs)
    .reduce((sum, { outcome }) => sum + (outcome?.exchanges.length ?? 0), 0);
  const passed = count(({ ok, runs }) => ok && runs.length > 0);
  const failed = count(({ ok }) => !ok);
  const skipped = count(({ runs }) => runs.length === 0);
  return `${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds.toFixed(1)} s (${Math.round(turns / Math.max(seconds, 0.001))} turns a second)`;
}
