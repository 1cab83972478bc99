import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { doctorTable } from '../../scripts/doctor-table.ts';
import { checks } from '../../src/doctor/registry.ts';

test('docs/doctor.md holds the table of the checks as they are', () => {
  expect(readFileSync('docs/doctor.md', 'utf8')).toContain(doctorTable());
});

test('every file of src/doctor/checks is in the registry', () => {
  const files = readdirSync('src/doctor/checks').map((file) => file.replace('.ts', ''));
  expect(Object.keys(checks).sort()).toEqual(files.sort());
});
