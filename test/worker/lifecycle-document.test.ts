import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { endReasons } from '../../src/calls/end-reason.ts';

const document = readFileSync(new URL('../../docs/lifecycle.md', import.meta.url), 'utf8');

it('docs/lifecycle.md lists every end reason as it is, and no other', () => {
  const rows = [...document.matchAll(/^\| `([a-z_]+)` \| (\S+) \| (\S+) \| (.+) \|$/gm)].map(
    ([, reason, outcome, fault, says]) => [reason, { fault, outcome, says }],
  );
  expect(Object.fromEntries(rows)).toEqual(endReasons);
});

it('docs/lifecycle.md names files that exist', () => {
  const files = [...document.matchAll(/\b([a-z-]+\.ts)\b/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(5);
  for (const file of files)
    expect(
      ['src/worker', 'src/worker/tools', 'src/calls'].some((folder) =>
        existsSync(new URL(`../../${folder}/${file}`, import.meta.url)),
      ),
      file,
    ).toBe(true);
});
