import { expect, test } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';

const known = { tools: ['end-call', 'ask-for'] };

function read(ask: string, { tools = '[ask-for]', rest = '' } = {}) {
  const text = `---\ndescription: Bank.\ngreeting: Hello.\ntools: ${tools}\nask:\n  - ${ask}\n${rest}---\nBe brief.\n`;
  const { agent, problems = [] } = parseAgent(text, 'agents/a.md', known);
  return { agent, problems: problems.map(describeProblem) };
}

const pin = '{ name: pin, about: the PIN, say: Your PIN?, digits: 4 }';

test('what is asked for is read with its defaults', () => {
  const { agent, problems } = read(pin);
  expect(problems).toEqual([]);
  expect(agent?.ask).toEqual([
    {
      name: 'pin',
      about: 'the PIN',
      say: 'Your PIN?',
      digits: 4,
      by: 'both',
      ends_with: '#',
      timeout_seconds: 6,
      secret: false,
    },
  ]);
});

test('requests of tools may hold it, and nothing that is spoken', () => {
  const tool = (say: string) =>
    `[ask-for, { name: balance, description: B., method: GET, url: 'https://a.example.com/{{pin}}', say: '${say}' }]`;
  expect(read(pin, { tools: tool('One moment.') }).problems).toEqual([]);
  expect(read(pin, { tools: tool('Your {{pin}}.') }).problems).toEqual([
    expect.stringMatching(/say: uses \{\{pin\}\}/),
  ]);
});

test.each([
  [
    '{ name: pin, about: x, say: y, digits: { min: 6, max: 4 } }',
    {},
    /ask\[0\]\.digits: has 6 as `min` and 4 as `max`/,
  ],
  [`${pin}\n  - ${pin}`, {}, /ask\[1\]\.name: "pin" is there twice/],
  [pin, { rest: 'variables: { pin: x }\n' }, /ask\[0\]\.name: is the name of a variable too/],
  [pin, { tools: '[end-call]' }, /ask: is of no use without the tool `ask-for`/],
  ['{ name: Pin, about: x, say: y, digits: 4 }', {}, /ask\[0\]\.name: must be lower-case/],
  [
    '{ name: pin, about: x, say: y, digits: 4, secrets: true }',
    {},
    /ask\[0\]\.secrets: is not a field; did you mean `secret`\?/,
  ],
  ['{ name: pin, about: x, say: "Hello {{nam}}", digits: 4 }', {}, /ask\[0\]\.say: uses \{\{nam\}\}/],
])('%s is told', (ask, options, problem) => {
  expect(read(ask, options).problems).toEqual([expect.stringMatching(problem)]);
});
