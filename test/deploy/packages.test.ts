import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('no package makes every start slow by a long list of exports', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const long = Object.entries(packages)
    .filter(([path, { dev }]) => !dev && path && existsSync(`${path}/package.json`))
    .map(([path]) => ({ path, bytes: readFileSync(`${path}/package.json`, 'utf8').length }))
    .filter(({ bytes }) => bytes > 30_000);
  expect(long).toEqual([]);
});
