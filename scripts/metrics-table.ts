import { metricTable } from '../src/telemetry/metrics/metric-table.ts';

/** The table of `docs/metrics.md`. */
export function metricsTable(): string {
  const rows = Object.entries(metricTable).map(([name, { kind, labels, from, about }]) => {
    const label = labels.map((each) => `\`${each}\``).join(', ') || '—';
    return `| \`${name}\` | ${kind} | ${label} | ${from} | ${about} |`;
  });
  return ['| metric | kind | labels | reported by | |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}
