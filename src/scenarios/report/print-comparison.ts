import type { ScenarioResult } from '../run-scenarios.ts';
import { titleOf } from './print-results.ts';

/** Two sets of results of the same scenarios side by side: how often each passed, how fast, for what money. */
export function printComparison(
  now: { name: string; results: readonly ScenarioResult[] },
  against: { name: string; results: readonly ScenarioResult[] },
): string {
  const rows = now.results.map((result, index) => {
    const other = against.results[index];
    const cells = [result, other].map((each) => (each ? cell(each) : ''));
    return [titleOf(result.scenario), ...cells, other ? change(result.passRate - other.passRate) : ''];
  });
  const head = ['', now.name, against.name, ''];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [head, ...rows, ['all', total(now.results), total(against.results), '']].map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function cell({ runs, passRate }: ScenarioResult): string {
  return runs.length === 0 ? 'skipped' : `${Math.round(passRate * 100)} %  ${figures(runs)}`;
}

function total(results: readonly ScenarioResult[]): string {
  const run = results.filter(({ runs }) => runs.length > 0);
  const rate = run.reduce((sum, { passRate }) => sum + passRate, 0) / Math.max(1, run.length);
  return `${Math.round(rate * 100)} %  ${figures(run.flatMap(({ runs }) => runs))}`;
}

/** Median of the answers, and what it cost. */
function figures(runs: ScenarioResult['runs']): string {
  const outcomes = runs.flatMap(({ outcome }) => outcome ?? []);
  const answers = outcomes
    .flatMap(({ exchanges }) => exchanges.flatMap(({ answerMs }) => answerMs ?? []))
    .sort((a, b) => a - b);
  const cost = outcomes.reduce((sum, { costUsd }) => sum + costUsd, 0);
  return [`${answers[Math.floor(answers.length / 2)] ?? '–'} ms`, ...(cost > 0 ? [`$${cost.toFixed(4)}`] : [])].join(
    '  ',
  );
}

function change(difference: number): string {
  return difference > 0 ? 'better' : difference < 0 ? 'worse' : '';
}
