import { expect, test } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';

const known = { tools: ['end-call', 'hand-off'], agents: ['desk', 'billing'] };

function read(fields: string) {
  const text = `---\ndescription: Desk.\ngreeting: Hello.\n${fields}\n---\nBe brief.\n`;
  const { agent, problems = [] } = parseAgent(text, 'agents/desk.md', known);
  return { agent, problems: problems.map(describeProblem) };
}

const script = (args: string) => `script:
  unknown: I do not know.
  tasks:
    - { id: bill, examples: [my bill, an invoice], tool: hand-off, ${args} done: One moment. }`;

test('agents to hand off to are read', () => {
  const fields = 'tools: [hand_off]\nhandoffs: [{ agent: billing, when: about bills }]';
  const { agent, problems } = read(`${fields}\n${script('args: { agent: billing },')}`);
  expect(problems).toEqual([]);
  expect(agent?.handoffs).toEqual([{ agent: 'billing', when: 'about bills' }]);
});

test.each([
  [
    'tools: [hand-off]\nhandoffs: [{ agent: biling, when: x }]',
    /handoffs\[0\]\.agent: there is no agent "biling"; did you mean `billing`\?/,
  ],
  ['tools: [hand-off]\nhandoffs: [{ agent: desk, when: x }]', /handoffs\[0\]\.agent: is this agent itself/],
  [
    'tools: [hand-off]\nhandoffs: [{ agent: billing, when: x }, { agent: billing, when: y }]',
    /handoffs\[1\]\.agent: "billing" is there twice/,
  ],
  ['tools: [hand-off]', /tools: has `hand-off`, but `handoffs` names no agent/],
  ['handoffs: [{ agent: billing, when: x }]', /handoffs: is of no use without the tool `hand-off`/],
  ['tools: [hand-off]\nhandoffs: [{ agent: billing }]', /handoffs\[0\]\.when: is missing/],
  [
    `tools: [hand-off]\nhandoffs: [{ agent: billing, when: x }]\n${script('args: { agent: sales },')}`,
    /script\.tasks\[0\]\.args\.agent: has to name one of the `handoffs` as `agent`: billing/,
  ],
  [
    `tools: [hand-off]\nhandoffs: [{ agent: billing, when: x }]\n${script('')}`,
    /script\.tasks\[0\].*: has to name one of the `handoffs`/,
  ],
])('%s is told', (fields, problem) => {
  expect(read(fields).problems).toEqual([expect.stringMatching(problem)]);
});
