import { globSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** docs/README.md is the start page, and the sidebar of the site is made of it (docs/site/.vitepress/config.ts). */
const start = readFileSync('docs/README.md', 'utf8');
const listed = [...start.matchAll(/^- \[[^\]]+\]\(([^)#]+)\)/gm)].map(([, target]) => normalize(join('docs', target!)));

test('the start page lists every page of the documentation, once', () => {
  const pages = globSync(['docs/*.md', 'docs/decisions/*.md']).filter((page) => page !== 'docs/README.md');
  expect(pages.length).toBeGreaterThan(30);
  expect(listed.filter((page) => page.startsWith('docs/')).toSorted()).toEqual(pages.toSorted());
  expect(new Set(listed).size).toBe(listed.length);
});

test('it is ordered by what a reader wants: to learn, to do, to look up, to understand', () => {
  expect([...start.matchAll(/^## (.+)/gm)].map(([, heading]) => heading)).toEqual([
    'Tutorials',
    'How-to guides',
    'Reference',
    'Explanation',
    'Decisions',
  ]);
});

test('the changelog reports each change once', () => {
  const beginnings = [...readFileSync('CHANGELOG.md', 'utf8').matchAll(/^- (.{45})/gm)].map(([, text]) => text);
  expect(beginnings.length).toBeGreaterThan(50);
  expect(beginnings.filter((text, at) => beginnings.indexOf(text) !== at)).toEqual([]);
});
