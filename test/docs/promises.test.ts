import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const textOf = (page: string) => readFileSync(page, 'utf8');
const testsOf = (text: string) => [...text.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path!);

test.each(['SECURITY.md', 'docs/hardening.md'])('every test that %s names exists', (page) => {
  const named = testsOf(textOf(page));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

test('every promise of SECURITY.md names the test that holds it', () => {
  const rows = textOf('SECURITY.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (promise|---)/.test(line));
  expect(rows.length).toBeGreaterThan(25);
  expect(rows.filter((row) => testsOf(row.split(' | ').at(-1)!).length === 0)).toEqual([]);
});
