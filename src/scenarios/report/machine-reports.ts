import { relative } from 'node:path';
import type { Failure } from '../judge/judge-outcome.ts';
import type { ScenarioResult } from '../run-scenarios.ts';
import { titleOf } from './print-results.ts';

/** The results as JSON: every run with what was heard and done, and what was wrong with it. */
export function jsonReport(results: readonly ScenarioResult[]): string {
  const scenarios = results.map(({ scenario, runs, passRate, ok }) => ({
    agent: scenario.agent,
    name: scenario.name,
    file: relative('', scenario.file),
    line: scenario.line,
    ok,
    pass_rate: passRate,
    runs: runs.map(({ outcome, verdict }) => ({
      ok: verdict.failures.length === 0,
      failures: verdict.failures,
      unjudged: verdict.unjudged,
      ...(outcome && {
        line: outcome.line,
        model: outcome.model,
        seconds: outcome.seconds,
        cost_usd: outcome.costUsd,
        end_reason: outcome.ended?.reason ?? null,
        effects: outcome.effects,
        exchanges: outcome.exchanges.map(({ did, written, spoken, interrupted, tools, answerMs, silentMs }) => ({
          caller: did,
          agent: written,
          spoken,
          interrupted,
          tools: tools.map(({ name, arguments: given, ok: worked }) => ({ name, arguments: given, ok: worked })),
          answer_ms: answerMs,
          silent_ms: silentMs,
        })),
      }),
    })),
  }));
  return `${JSON.stringify({ ok: results.every(({ ok }) => ok), scenarios }, null, 2)}\n`;
}

/** The results as JUnit writes them, which most servers for continuous integration read: one suite per file. */
export function junitReport(results: readonly ScenarioResult[]): string {
  const files = [...new Set(results.map(({ scenario }) => scenario.file))];
  const suites = files.map((file) => {
    const own = results.filter(({ scenario }) => scenario.file === file);
    const failed = own.filter(({ ok }) => !ok).length;
    const skipped = own.filter(({ runs }) => runs.length === 0).length;
    const cases = own.map(testCase).join('\n');
    return `  <testsuite name="${escaped(relative('', file))}" tests="${own.length}" failures="${failed}" skipped="${skipped}" time="${secondsOf(own)}">\n${cases}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}

function testCase(result: ScenarioResult): string {
  const { scenario, runs, ok } = result;
  const head = `    <testcase classname="${escaped(scenario.agent)}" name="${escaped(scenario.name)}" file="${escaped(relative('', scenario.file))}" line="${scenario.line}" time="${secondsOf([result])}"`;
  if (runs.length === 0) return `${head}><skipped/></testcase>`;
  if (ok) return `${head}/>`;
  const failures = failuresOf(result);
  const message = escaped(failures[0] ? sentence(failures[0]) : '');
  return `${head}><failure message="${message}">${escaped(failures.map(sentence).join('\n'))}</failure></testcase>`;
}

/** Commands of GitHub Actions that show each failure beside its line. */
export function githubAnnotations(results: readonly ScenarioResult[]): string {
  return results
    .filter(({ ok }) => !ok)
    .flatMap((result) =>
      failuresOf(result).map((failure) => {
        const file = property(relative('', result.scenario.file));
        return `::error file=${file},line=${failure.line},title=${property(titleOf(result.scenario))}::${data(sentence(failure))}\n`;
      }),
    )
    .join('');
}

function failuresOf({ runs }: ScenarioResult): Failure[] {
  return runs.find(({ verdict }) => verdict.failures.length > 0)?.verdict.failures ?? [];
}

function sentence({ where, expected, actual }: Failure): string {
  return `${where}: expected ${expected}; ${actual}`;
}

function secondsOf(results: readonly ScenarioResult[]): string {
  const runs = results.flatMap((result) => result.runs);
  return runs.reduce((sum, { outcome }) => sum + (outcome?.seconds ?? 0), 0).toFixed(3);
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  // XML has no control characters but white space.
  return text
    .replaceAll(/\p{Cc}/gu, (sign) => (/\s/.test(sign) ? sign : ''))
    .replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** GitHub's workflow commands escape these, and in properties two more. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
