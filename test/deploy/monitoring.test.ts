import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { metricTable } from '../../src/telemetry/metrics/metric-table.ts';
import { toolPath } from '../setup/tools.ts';
import { runTool } from './run-tool.ts';

type Panel = {
  id: number;
  title: string;
  gridPos: { w: number };
  targets: { expr: string; datasource: { uid: string } }[];
};
type Board = { title: string; uid: string; panels: Panel[]; templating: { list: { query: { query: string } }[] } };
type Rule = { alert: string; expr: string; labels: { severity: string }; annotations: Record<string, string> };

const boards = globSync('docker/grafana/dashboards/*.json').map(
  (file) => JSON.parse(readFileSync(file, 'utf8')) as Board,
);
const rules = (
  parse(readFileSync('docker/prometheus-rules.yml', 'utf8')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);
const questions = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/^\|[^|]+\| `(.+parley_.+)`/gm)].map(
  ([, text]) => text!,
);

/** Labels that Prometheus adds by itself. */
const addedLabels = ['job', 'instance', 'le', 'alertname', 'severity'];

/** What a query names that is none of our metrics, or none of their labels. */
function unknownIn(expr: string): string[] {
  const unknown: string[] = [];
  for (const [, name = '', selector = ''] of expr.matchAll(/\b(parley_\w+)(?:\{([^}]*)\})?/g)) {
    const isPart = /_(bucket|sum|count)$/.test(name);
    const base = (isPart ? name.replace(/_(bucket|sum|count)$/, '') : name) as keyof typeof metricTable;
    const metric = metricTable[base];
    if (!metric || isPart !== (metric.kind === 'histogram')) unknown.push(name);
    else
      for (const [, label = ''] of selector.matchAll(/(\w+)\s*[=!]/g))
        if (![...metric.labels, ...addedLabels].some((known) => known === label)) unknown.push(`${name}{${label}}`);
  }
  const named = [...expr.matchAll(/parley_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));
  const labels: string[] = named.flatMap((name) => [...(metricTable[name as keyof typeof metricTable]?.labels ?? [])]);
  for (const [, list = ''] of expr.matchAll(/\b(?:by|without)\s*\(([^)]*)\)/g))
    for (const label of list.split(',').map((text) => text.trim()))
      if (![...labels, ...addedLabels].includes(label)) unknown.push(`by (${label})`);
  return unknown;
}

test('every query of dashboards, alerts and docs asks for metrics and labels that there are', () => {
  const queries = [
    ...boards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))),
    ...boards.flatMap(({ templating }) => templating.list.map(({ query }) => query.query)),
    ...rules.map(({ expr }) => expr),
    ...questions,
  ];
  expect(queries.length).toBeGreaterThan(80);
  expect(queries.flatMap((query) => unknownIn(query).map((what) => `${what} in ${query}`))).toEqual([]);
  // The test is one that can fail.
  expect(unknownIn('sum(parley_call_total) + parley_calls_total{agnet="x"}')).toEqual([
    'parley_call_total',
    'parley_calls_total{agnet}',
  ]);
  expect(unknownIn('parley_turn_latency_seconds + parley_calls_active_count')).toHaveLength(2);
  expect(unknownIn('sum by (tenant) (parley_calls_total)')).toEqual(['by (tenant)']);
});

test('every metric that an operator should see stands in a dashboard or an alert', () => {
  const shown = JSON.stringify([boards, rules]);
  expect(Object.keys(metricTable).filter((name) => !shown.includes(name))).toEqual([]);
});

test('the dashboards fit the page and the data source that Grafana is given', () => {
  const source = parse(readFileSync('docker/grafana/provisioning/datasources/prometheus.yml', 'utf8')) as {
    datasources: { uid: string }[];
  };
  expect(boards.map(({ title }) => title).sort()).toEqual([
    'Parley calls',
    'Parley capacity',
    'Parley cost',
    'Parley latency',
  ]);
  expect(new Set(boards.map(({ uid }) => uid)).size).toBe(4);
  for (const { panels } of boards) {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { targets, gridPos } of panels) {
      expect(gridPos.w).toBeLessThanOrEqual(24);
      expect(targets.map(({ datasource }) => datasource.uid)).toEqual(targets.map(() => source.datasources[0]!.uid));
    }
  }
});

test('every alert says how bad it is and what to do', () => {
  for (const { alert, labels, annotations } of rules) {
    expect([alert, ['critical', 'warning'].includes(labels.severity)]).toEqual([alert, true]);
    expect(Object.keys(annotations).sort()).toEqual(['action', 'summary']);
  }
});

const promtool = toolPath('promtool');
test.skipIf(!promtool)('the alerts come when they should, and only then, by promtool', async () => {
  await runTool(promtool!, ['test', 'rules', 'test/deploy/prometheus-rules.test.yml']);
  await runTool(promtool!, ['check', 'rules', 'docker/prometheus-rules.yml']);
  await runTool(promtool!, ['check', 'config', 'docker/prometheus.yml']);
});

test('the alerts that are tested are all there are', () => {
  const tested = readFileSync('test/deploy/prometheus-rules.test.yml', 'utf8');
  expect(rules.map(({ alert }) => alert).filter((alert) => !tested.includes(`alertname="${alert}"`))).toEqual([]);
});
