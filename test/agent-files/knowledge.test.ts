import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { paperReader, readPaperText } from '../../src/agent-files/knowledge/paper.ts';
import { loadAgents } from '../../src/agent-files/load-agents.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agents-'));
  await mkdir(join(folder, 'papers'));
  const papers: Record<string, string | Buffer> = {
    'prices.md': '# Prices\n\nA cake is 20 dollars.\n',
    'latin.txt': Buffer.from('Preise\nEin Br\u00f6tchen kostet 1 \u20ac\n'.replace('\u20ac', 'Euro'), 'latin1'),
    'empty.md': ' \n\n',
    'binary.txt': Buffer.from([80, 75, 3, 4, 0, 0, 1]),
    'sheet.pdf': '%PDF-1.7',
    'huge.txt': '',
  };
  for (const [name, content] of Object.entries(papers)) await writeFile(join(folder, 'papers', name), content);
  await symlink('loop.md', join(folder, 'papers/loop.md'));
  await truncate(join(folder, 'papers/huge.txt'), 50_000_000);
});
afterAll(() => rm(folder, { recursive: true }));

test('a paper beside the agent is read, and known by its words', () => {
  const { paper } = paperReader(folder)('papers/prices.md');
  expect(paper).toMatchObject({ source: 'papers/prices.md', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(readPaperText(paper!)).toContain('20 dollars');
  expect(readPaperText({ ...paper!, hash: 'another' })).toBeUndefined();
});

test.each([
  ['papers/prizes.md', 'there is no file "papers/prizes.md" beside the agent files; did you mean `papers/prices.md`?'],
  ['nowhere/prices.md', 'there is no file "nowhere/prices.md" beside the agent files'],
  ['papers', '"papers" is neither Markdown nor text: its name has to end in .md, .markdown, .txt'],
  ['papers/sheet.pdf', '"papers/sheet.pdf" is neither Markdown nor text: its name has to end in .md, .markdown, .txt'],
  ['papers/latin.txt', '"papers/latin.txt" is not in UTF-8 (line 2; perhaps Latin-1): save it as UTF-8'],
  ['papers/huge.txt', '"papers/huge.txt" has 50.0 MB, and a paper has at most 5: split it, and keep what callers ask'],
  ['papers/loop.md', expect.stringContaining('there is no file "papers/loop.md" beside the agent files')],
  ['papers/empty.md', '"papers/empty.md" is empty'],
  ['papers/binary.txt', '"papers/binary.txt" is not a text file: save it as plain text in UTF-8'],
  ['../prices.md', expect.stringContaining('is not beside the agent files')],
  ['/etc/motd.txt', expect.stringContaining('is not beside the agent files')],
])('%s is told', (source, problem) => {
  expect(paperReader(folder)(source)).toEqual({ problem });
});

test('a mistake of a paper is one of the agent file, in its line', async () => {
  const file = join(folder, 'desk.md');
  const text = (knowledge: string) =>
    `---\ndescription: Desk.\ngreeting: Hello.\nknowledge:\n  - papers/prices.md\n  - ${knowledge}\n---\nBe brief.\n`;
  await writeFile(file, text('papers/latin.txt'));
  const { problems } = await loadAgents(folder, { tools: ['end-call'] });
  expect(problems.map(describeProblem)).toEqual([
    expect.stringMatching(/desk\.md:6 knowledge\[1\]: "papers\/latin\.txt" is not in UTF-8/),
  ]);
  await writeFile(file, text('papers/prices.md'));
  const { agents } = await loadAgents(folder, { tools: ['end-call'] });
  expect(agents[0]!.papers?.map(({ source }) => source)).toEqual(['papers/prices.md', 'papers/prices.md']);
});
