import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { askWords, searchConfig } from '../../../src/calls/knowledge/ask-words.ts';
import { cutPassages } from '../../../src/calls/knowledge/cut-passages.ts';
import { searchInMemory } from '../../../src/calls/knowledge/search-in-memory.ts';

const read = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
const files = { receptionist: 'clinic.md', reminder: 'appointments.md', survey: 'survey.md' };
const papers = new Map(
  await Promise.all(
    Object.entries(files).map(async ([id, file]) => [id, cutPassages(await read(`agents/papers/${file}`))] as const),
  ),
);
const search = searchInMemory(papers);
const ask = (question: string, ids: readonly string[], language = 'en-US') =>
  search({ papers: ids, config: searchConfig(language), words: askWords(question, language), limit: 3 });

test('nine of ten of sixty questions are answered by one of the first three passages of the agent', async () => {
  const questions = parse(await read('test/knowledge/questions.yaml')) as Record<string, [string, string][]>;
  const asked = Object.entries(questions).flatMap(([agent, list]) => list.map((each) => [agent, ...each] as const));
  const wrong: string[] = [];
  for (const [agent, question, heading] of asked) {
    const found = await ask(question, [agent]);
    if (!found.some((passage) => passage.heading.split(', ').includes(heading))) wrong.push(question);
  }
  expect(asked).toHaveLength(60);
  expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(6);
});

test('how much of a question a passage has is told as by the database', async () => {
  const [whitening] = await ask('how much is whitening', ['receptionist']);
  expect(whitening).toMatchObject({ paperId: 'receptionist', heading: 'Prices, Whitening' });
  expect(whitening!.coverage).toBeGreaterThan(0.5);
  const [other] = await ask('who won the football match', ['receptionist']);
  expect(other?.coverage ?? 0).toBeLessThan(0.5);
  expect(await ask('xylophone', ['receptionist'])).toEqual([]);
  expect(await ask('how much is whitening', ['nobody'])).toEqual([]);
});

test('words of other languages are compared by their beginnings', async () => {
  const text = '# Laden\n\n## Bestellungen\n\nTorten werden drei Tage vorher bestellt.\n\n## Lage\n\nAm Markt.';
  const german = searchInMemory(new Map([['laden', cutPassages(text)]]));
  const words = askWords('Wie bestelle ich eine Torte?', 'de');
  expect((await german({ papers: ['laden'], config: 'german', words, limit: 3 }))[0]?.heading).toBe('Bestellungen');
});
