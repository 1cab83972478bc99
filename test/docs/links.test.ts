import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/commands/commands.ts';
import { settings } from '../../src/settings.ts';

const pages = globSync([
  '*.md',
  'docs/*.md',
  'docs/decisions/*.md',
  '{agents,pipelines,telephony,bench}/README.md',
  'integrations/*/README.md',
]);
const textOf = (page: string) => readFileSync(page, 'utf8');
const withoutCode = (text: string) => text.replaceAll(/^ *```.*?^ *```/gms, '').replaceAll(/`[^`\n]*`/g, '');
/** What is in code: blocks line by line, and spans. */
const codeOf = (text: string) => {
  const blocks = [...text.matchAll(/^ *```\w*\n(.*?)^ *```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...text.replaceAll(/^ *```.*?^ *```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);
  return [...blocks, ...spans].map((line) => line.trim());
};

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of textOf(page)
    .replaceAll(/^ *```.*?^ *```/gms, '')
    .matchAll(/^#+ +(.+)$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Links of a page that lead nowhere. Addresses on the web are not asked. */
function brokenLinks(page: string, text = textOf(page)): string[] {
  const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]:\s+(\S+)|<img[^>]* src="([^"]+)"/gm)];
  return targets
    .map(([, link, reference, image]) => (link ?? reference ?? image)!)
    .filter((target) => !/^(https?|mailto):/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path ? normalize(join(dirname(page), path)) : page;
      if (!existsSync(file)) return true;
      return Boolean(anchor) && (statSync(file).isDirectory() || !anchorsOf(file).has(anchor!));
    });
}

const found = (what: (page: string) => string[]) =>
  pages.flatMap((page) => what(page).map((problem) => `${page}: ${problem}`));

test('every link and anchor leads somewhere', () => {
  expect(pages.length).toBeGreaterThan(25);
  expect(found((page) => brokenLinks(page))).toEqual([]);
  // The test is one that can fail. A link's text may be code, as in [`this`](that).
  const broken = '[a](no-such.md) [b](docs/backup.md#no-such) [`c`](#nor-this) [d](docs/backup.md) ![e](nothing.png)';
  expect(brokenLinks('README.md', broken)).toEqual([
    'no-such.md',
    'docs/backup.md#no-such',
    '#nor-this',
    'nothing.png',
  ]);
});

test('every make target that a page names is in the Makefile', () => {
  const targets = new Set([...textOf('Makefile').matchAll(/^([\w-]+):/gm)].map(([, name]) => name));
  const named = (page: string) =>
    codeOf(textOf(page)).flatMap((line) =>
      [...line.matchAll(/(?:^|\$ |&& )make ([a-z][\w-]*)/g)].map(([, name]) => name!),
    );
  expect(pages.flatMap(named).length).toBeGreaterThan(8);
  expect(found((page) => named(page).filter((name) => !targets.has(name)))).toEqual([]);
});

test('every command of parley that a page names exists, and every command is named by one', () => {
  const pattern =
    /(?:^|\$ |&& |\.\/|"|… |[A-Z_]+=\S+ )parley ([a-z][\w-]*)|compose run --rm (?:--no-deps )?(?:serve|worker|migrate) ([a-z][\w-]*)/g;
  const named = (page: string) =>
    codeOf(textOf(page)).flatMap((line) =>
      [...line.matchAll(pattern)].map(([, verb, inContainer]) => (verb ?? inContainer)!),
    );
  expect(found((page) => named(page).filter((verb) => !(verb in commands)))).toEqual([]);
  const all = new Set(pages.flatMap(named));
  expect(Object.keys(commands).filter((verb) => !all.has(verb))).toEqual([]);
});

test('every PARLEY_ setting that a page names is one', () => {
  const others = ['docker-compose.yml', 'Dockerfile'].map(textOf).join('\n');
  const named = (page: string) => [...textOf(page).matchAll(/\bPARLEY_[A-Z0-9_]*[A-Z0-9]\b/g)].map(([name]) => name);
  expect(new Set(pages.flatMap(named)).size).toBeGreaterThan(20);
  // A variable in the shell of who asks the API.
  const ofClients = ['PARLEY_KEY'];
  const unknown = (name: string) =>
    !ofClients.includes(name) && !(name in settings) && !new RegExp(`\\b${name}\\b`).test(others);
  expect(found((page) => named(page).filter(unknown))).toEqual([]);
});

test('every file of the repository that a page names in code is there', () => {
  const folders = 'agents|bench|deploy|docker|docs|integrations|pipelines|scripts|src|telephony|test';
  const named = (page: string) =>
    codeOf(textOf(page)).flatMap((line) =>
      [...line.matchAll(new RegExp(`^((?:${folders})/[\\w./-]+)$`, 'g'))].map(([name]) => name),
    );
  expect(pages.flatMap(named).length).toBeGreaterThan(30);
  const written = ['bench/results.json', 'agents/bakery.md', 'agents/tests/bakery.yaml'];
  const isMissing = (name: string) => !existsSync(name) && !written.includes(name);
  expect(found((page) => named(page).filter(isMissing))).toEqual([]);
});
