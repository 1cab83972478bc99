import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type BannedPhrase, bannedPhrases } from './banned-phrases.ts';
import { pageTexts, sourceFiles, stringsOf, type Text } from './user-texts.ts';

const pages = globSync([
  '*.md',
  'docs/*.md',
  'docs/decisions/*.md',
  '{agents,pipelines,telephony,bench}/README.md',
  '{integrations,examples}/*/README.md',
]);
const settingsFiles = globSync([
  'docker/*.{yaml,yml}',
  'docker/env.example',
  'docker-compose*.yml',
  'livekit.yaml',
  'deploy/helm/**/*.{yaml,tpl}',
  'scripts/*',
  'Makefile',
  'Dockerfile',
  'agents/**/*.{md,yaml}',
]);

/** Where a phrase is used that is not plain English, and what to write. */
function stumbles(texts: Text[], banned: BannedPhrase[]): string[] {
  return texts.flatMap(({ where, text }) =>
    banned.flatMap(({ pattern, instead }) => {
      const [found] = text.match(pattern) ?? [];
      return found === undefined ? [] : [`${where}: "${found}" → ${instead}`];
    }),
  );
}

const everywhere = bannedPhrases.filter((phrase) => phrase.everywhere);
const wholeFiles = (files: string[]) => files.map((where) => ({ where, text: readFileSync(where, 'utf8') }));

test('the pages are written in plain English', () => {
  expect(pages.length).toBeGreaterThan(40);
  expect(stumbles(pageTexts(pages), bannedPhrases)).toEqual([]);
});

test('so are messages, help and the texts of the page', () => {
  const files = wholeFiles(sourceFiles());
  expect(files.length).toBeGreaterThan(500);
  // Parsing costs most, so only files that hold such a phrase outside of lines of comments are read for their strings.
  const mayHold = ({ text }: Text) => {
    const code = text.replaceAll(/^ *(\/\/|\/?\*).*/gm, '');
    return bannedPhrases.some(({ pattern }) => pattern.test(code));
  };
  const suspects = files.filter(mayHold);
  expect(
    stumbles([...suspects.flatMap(stringsOf), ...wholeFiles(globSync('src/web/public/*.html'))], bannedPhrases),
  ).toEqual([]);
});

test('comments and settings files keep clear of the worst', () => {
  expect(stumbles(wholeFiles([...sourceFiles(), ...settingsFiles]), everywhere)).toEqual([]);
});

test('each phrase of the list is found, and plain sentences are not', () => {
  const missed = bannedPhrases.filter(({ pattern, example }) => !pattern.test(example));
  expect(missed).toEqual([]);
  const source = "const hint = 'Mend it.'; /* mend */ const other = `How to ${'mend'} it, on wish.`;";
  expect(stumbles(stringsOf({ where: 'here.ts', text: source }), bannedPhrases)).toEqual([
    'here.ts: "Mend" → fix',
    'here.ts: "on wish" → on request',
  ]);
  const plain =
    'The report shows what happened. Tell the caller that the line is down. There is no key. The agent tells the caller how long it takes. ' +
    'Fix the fields in `errors`. A fallback stands in for the model. It is no longer there. The most expensive calls come first, in order.';
  expect(stumbles([{ where: 'here', text: plain }], bannedPhrases)).toEqual([]);
});
