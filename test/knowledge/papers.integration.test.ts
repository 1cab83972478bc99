import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import { parse } from 'yaml';
import { paperReader } from '../../src/agent-files/knowledge/paper.ts';
import { askWords, searchConfig } from '../../src/calls/knowledge/ask-words.ts';
import { cutPassages } from '../../src/calls/knowledge/cut-passages.ts';
import type { FoundPassage } from '../../src/calls/knowledge/knowledge-ports.ts';
import { loadPapers, paperId } from '../../src/calls/knowledge/load-papers.ts';
import { knowledgeStore } from '../../src/store/knowledge-store.ts';
import { openStore } from '../store/open-store.ts';

const papers: Record<string, string> = {
  receptionist: 'clinic.md',
  reminder: 'appointments.md',
  survey: 'survey.md',
};
const questions = parse(await readFile(new URL('questions.yaml', import.meta.url), 'utf8')) as Record<
  string,
  [question: string, heading: string][]
>;

let store: Awaited<ReturnType<typeof openStore>>;
let knowledge: ReturnType<typeof knowledgeStore>;
beforeAll(async () => {
  store = await openStore();
  knowledge = knowledgeStore(store.database);
  for (const [id, file] of Object.entries(papers)) {
    const text = await readFile(new URL(`../../agents/papers/${file}`, import.meta.url), 'utf8');
    await knowledge.add({ id, config: 'english', passages: cutPassages(text) });
  }
});
afterAll(() => store.close());

function search(question: string, ids: readonly string[], language = 'en-US'): Promise<FoundPassage[]> {
  const config = searchConfig(language);
  return knowledge.search({ papers: ids, config, words: askWords(question, language), limit: 3 });
}

/** Of the questions of an agent those whose passage is not among the first three. */
async function missed(agent: string, ids: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const [question, heading] of questions[agent]!) {
    const found = await search(question, ids);
    if (!found.some((passage) => passage.heading.split(', ').includes(heading)))
      wrong.push(`${question} -> ${found.map((each) => each.heading).join(' | ')}`);
  }
  return wrong;
}

describe('sixty questions over the papers of the shipped agents', () => {
  test('nine of ten are answered by one of the first three passages of the agent', async () => {
    const wrong = (await Promise.all(Object.keys(papers).map((agent) => missed(agent, [agent])))).flat();
    const asked = Object.values(questions).flat().length;
    expect(asked).toBe(60);
    expect(wrong.length / asked, wrong.join('\n')).toBeLessThanOrEqual(0.1);
  });
});

describe('a search', () => {
  test('tells how much of a question a passage has, and finds nothing for what no paper has', async () => {
    const [whitening] = await search('how much is whitening', ['receptionist']);
    expect(whitening).toMatchObject({ paperId: 'receptionist', heading: 'Prices, Whitening' });
    expect(whitening!.coverage).toBeGreaterThan(0.5);
    for (const [other] of [await search('who won the football match', ['receptionist'])])
      expect(other?.coverage ?? 0).toBeLessThan(0.5);
    expect(await search('xylophone', ['receptionist'])).toEqual([]);
    expect(await search('the and of', ['receptionist'])).toEqual([]);
    expect(await search('how much is whitening', [])).toEqual([]);
  });

  test('reads no question as a query', async () => {
    for (const question of ["whitening' | !a & (b", '\\ \'" :* <-> whitening', 'whitening:A*'])
      expect((await search(question, ['receptionist']))[0]?.heading).toBe('Prices, Whitening');
  });

  test('knows the endings of the words of other languages', async () => {
    const text = '# Laden\n\n## Bestellungen\n\nTorten werden drei Tage vorher bestellt.\n\n## Lage\n\nAm Markt.';
    await knowledge.add({ id: 'laden', config: 'german', passages: cutPassages(text) });
    expect((await search('Wie bestelle ich eine Torte?', ['laden'], 'de'))[0]?.heading).toBe('Bestellungen');
  });
});

describe('papers of agents', () => {
  test('are put into the database once, and deleted when nobody has named them for long', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'papers-'));
    await writeFile(join(folder, 'cakes.md'), '# Cakes\n\nA cake is 20 dollars.');
    const { paper } = paperReader(folder)('cakes.md');
    const agents = [{ language: 'en-US', papers: [paper!] }];
    const id = paperId(paper!, 'en-US');
    await Promise.all([loadPapers(agents, knowledge), loadPapers(agents, knowledge)]);
    expect(await loadPapers(agents, knowledge)).toEqual([]);
    expect((await search('what is a cake', [id]))[0]?.text).toBe('A cake is 20 dollars.');
    // The file is another one before its agent file was read again.
    await writeFile(join(folder, 'cakes.md'), '# Cakes\n\nA cake is 30 dollars.');
    expect(await loadPapers([{ language: 'de', papers: [paper!] }], knowledge)).toEqual([paper]);
    await store.database.run((db) =>
      db.execute(sql`UPDATE parley.knowledge_papers SET named_at = now() - interval '8 days' WHERE id = ${id}`),
    );
    await knowledge.forget(7);
    expect(await search('what is a cake', [id])).toEqual([]);
    expect(await knowledge.name([id, 'receptionist'])).toEqual(['receptionist']);
    await rm(folder, { recursive: true });
  });
});
