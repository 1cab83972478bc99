import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attribute } from '../../src/telemetry/attributes.ts';

test('docs/telemetry.md lists the attributes that Parley writes, and no others', () => {
  const page = readFileSync('docs/telemetry.md', 'utf8');
  const table = page.slice(page.indexOf('## Attributes'), page.indexOf('## Privacy'));
  const firstCells = [...table.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell ?? '');
  const listed = firstCells.flatMap((cell) => [...cell.matchAll(/`([a-z_.]+)`/g)].map(([, name]) => name));
  const written: string[] = Object.values(attribute);
  expect(new Set(listed)).toEqual(new Set(written));
  expect(listed).toHaveLength(written.length);
});
