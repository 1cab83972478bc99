import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { loadAgents } from '../../src/agent-files/load-agents.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';
import { watchAgents } from '../../src/agent-files/watch-agents.ts';

const known = { tools: ['end-call', 'transfer-call'] };
const withLine = (line: string) => `---\ndescription: Sells.\n${line}\n---\nBe brief.\n`;
const problemsOf = (line: string) =>
  (parseAgent(withLine(line), 'a.md', known).problems ?? []).map(describeProblem).join('\n');

test.each([
  ['a tag', 'greeting: !Hello there', /^a\.md:3 "!Hello" is a tag in YAML and not read; put quotes around the text$/],
  ['an anchor', 'greeting: &amp; there', /^a\.md:3 "&amp;" is a name for this place in YAML and not read; put quotes/],
  ['an alias', 'greeting: *star', /^a\.md:3 "\*star" stands for another part of the file in YAML; put quotes/],
  ['a comment', 'greeting: call #1 now', /^a\.md:3 "#1 now" is a comment in YAML and not read; put quotes/],
])('%s that YAML sees in a text is a mistake', (_what, line, says) => expect(problemsOf(line)).toMatch(says));

test.each([
  ['quotes', "greeting: '!Hello, &amp; *star #1'"],
  ['a comment with a space', 'greeting: Hello # said first'],
  ['a comment on a line of its own', '#old: x\ngreeting: Hello'],
  ['an anchor that is used', 'greeting: &hello Hello\ngoodbye: *hello'],
  ['signs within a text', 'greeting: Smith & Sons*, hello! Ext.#4'],
])('%s is none', (_what, line) => expect(problemsOf(line)).toBe(''));

test.each([
  [
    'a colon in a text',
    'greeting: Sells: all',
    /^a\.md:3 cannot be read; put quotes around a text that has a colon in it$/,
  ],
  [
    'a line further in than its own',
    'tools:\n   - end-call\n  - transfer-call',
    /^a\.md:5 is not indented like the lines it belongs to/,
  ],
  ['a tab', 'limits:\n\tmax_minutes: 5', /^a\.md:4 is indented with a tab; use spaces$/],
  ['a field twice', 'greeting: Hi\ngreeting: Hello', /^a\.md:4 has a field that is there already$/],
  ['a missing colon', 'greeting\ntools: [end-call]', /^a\.md:3 has no colon after the name of the field/],
  ['an open bracket', 'greeting: Hi\ntools: [end-call', /^a\.md:\d has a bracket that is not closed$/],
  [
    'a character of YAML',
    'greeting: `Hi`',
    /^a\.md:3 has a text that begins with a character of YAML; put quotes around it$/,
  ],
])('%s is said in plain words, once', (_what, line, says) => expect(problemsOf(line)).toMatch(says));

test.each([
  ['a number in place of a text', 'greeting: Hi\ntimezone: 0612', /must be a text, it is 612; put quotes around it/],
  [
    'a name that does not fit',
    'greeting: Hi\ntools: [transfer-call]\ntransfers: [{ name: on call, to: "+15551234567", when: asked }]',
    /transfers\[0\]\.name: is not written as it must be \(.*lower-case letters, digits and hyphens\), it is "on call"/,
  ],
])('%s is explained', (_what, line, says) => expect(problemsOf(line)).toMatch(says));

test.each<[string, Buffer]>([
  ['Windows-1252', Buffer.from(withLine('greeting: Grüße'), 'latin1')],
  ['UTF-16', Buffer.from(`\uFEFF${withLine('greeting: Hello')}`, 'utf16le')],
])('a file in %s is named, and the others serve', async (_encoding, bytes) => {
  const folder = await mkdtemp(join(tmpdir(), 'agents-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'broken.md'), bytes);
  await writeFile(join(folder, 'star.md'), withLine('greeting: *star'));
  await writeFile(join(folder, 'sales.md'), withLine('greeting: Hello'));
  const { agents, problems } = await loadAgents(folder, known);
  expect(agents.map(({ name }) => name)).toEqual(['sales']);
  expect(problems.map(describeProblem).join('\n')).toMatch(
    /broken\.md:\d has letters that are not UTF-8.*\n.*star\.md:3/,
  );
  const registry = await watchAgents(folder, { known, log: () => undefined });
  expect(registry.list().map(({ name }) => name)).toEqual(['sales']);
  await registry.close();
});
