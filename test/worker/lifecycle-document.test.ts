import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { endReasons } from '../../src/calls/end/end-reason.ts';

const document = readFileSync(new URL('../../docs/lifecycle.md', import.meta.url), 'utf8');

it('docs/lifecycle.md lists every end reason as it is, and no other', () => {
  const rows = [...document.matchAll(/^\| `([a-z_]+)` \| (\S+) \| (\S+) \| (.+) \|$/gm)].map(
    ([, reason, outcome, fault, says]) => [reason, { fault, outcome, says }],
  );
  expect(Object.fromEntries(rows)).toEqual(endReasons);
});

it('docs/lifecycle.md names files that exist', () => {
  const there = new Set(
    ['src/worker', 'src/calls'].flatMap((folder) =>
      readdirSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' }).map((path) =>
        path.slice(path.lastIndexOf('/') + 1),
      ),
    ),
  );
  const named = [...document.matchAll(/\b([a-z-]+\.ts)\b/g)].map(([, file]) => file!);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((file) => !there.has(file))).toEqual([]);
});
