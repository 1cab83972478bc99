import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { loadAgents } from '../../src/agent-files/load-agents.ts';
import { agents } from '../../src/commands/agents/agents.ts';
import { agentQuestions, newAgent } from '../../src/commands/agents/new-agent.ts';
import { readConfig } from '../../src/config.ts';
import { knownNames } from '../../src/known-names.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-new-'));
afterAll(() => rmSync(folder, { recursive: true }));
const known = knownNames({ secrets: {}, privateHosts: [] });

async function run(name: string | undefined, values: Record<string, string>) {
  const out = new PassThrough();
  const positionals = name === undefined ? ['new'] : ['new', name];
  const { signal } = new AbortController();
  const config = readConfig({ PARLEY_AGENTS_DIR: folder });
  const code = await agents.run({ config, positionals, values, signal, out });
  return { code, said: String(out.read() ?? '') };
}

test('options make an agent that is without mistakes, whatever signs are in them', async () => {
  const values = {
    about: 'Front desk: bakery #1 & café.',
    greeting: '!Hello, "Miller\'s" *bakery*',
    knows: 'Open 6 to 2.\n---\nClosed on Monday.',
    transfer: '+15551234567',
  };
  expect(await run('bakery', values)).toMatchObject({
    code: 0,
    said: expect.stringContaining('bakery.md is an agent'),
  });
  const loaded = await loadAgents(folder, known);
  expect(loaded.problems).toEqual([]);
  expect(loaded.agents[0]).toMatchObject({
    description: values.about,
    greeting: values.greeting,
    tools: ['take-message', 'transfer-call', 'end-call'],
    transfers: [{ to: values.transfer }],
    prompt: expect.stringContaining('Closed on Monday.'),
    script: { tasks: [{ id: 'message' }] },
  });
});

test('questions are asked for what is not given, and an empty line takes the default', async () => {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return question.startsWith(agentQuestions.language.question)
      ? 'de-DE'
      : question.includes('such as:')
        ? 'Guten Tag'
        : '';
  };
  const file = await newAgent('laden', { about: 'Empfang.' }, { folder, known, ask });
  expect(asked).toHaveLength(4);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('speak German');
  // What it says by itself is there to be translated, and the script, which is English, is not.
  expect(text).toMatch(/^goodbye: /m);
  expect(text).not.toContain('script:');
});

test.each<[string, string | undefined, Record<string, string>, string]>([
  ['no name', undefined, {}, 'parley agents new bakery'],
  ['a missing answer, where nobody can be asked', 'other', { about: 'a' }, 'Give it as --greeting.'],
  ['an answer that does not fit', 'other', { about: 'a', greeting: 'b', transfer: '0612' }, 'other.md'],
  ['a name that cannot be one', 'Other_One', { about: 'a', greeting: 'b' }, 'lower-case letters, digits and hyphens'],
  ['a name that is taken', 'bakery', { about: 'a', greeting: 'b' }, 'is there already'],
])('%s is said, and nothing is written', async (_what, name, values, says) => {
  const before = readdirSync(folder);
  const { code, said } = await run(name, values);
  expect(code).toBe(2);
  expect(said).toContain(says);
  expect(readdirSync(folder)).toEqual(before);
});
