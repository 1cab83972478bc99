import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { metricsTable } from '../../scripts/metrics-table.ts';

test('docs/metrics.md holds the table of the metrics as they are', () => {
  expect(readFileSync('docs/metrics.md', 'utf8')).toContain(metricsTable());
});
