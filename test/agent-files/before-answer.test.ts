import { expect, test } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';
import { knownNames } from '../../src/known-names.ts';

const known = knownNames({
  secrets: { CRM_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', PLAIN: 'password' },
  privateHosts: ['127.0.0.1:4020'],
});

function read(fields: string) {
  const text = `---\ndescription: Desk.\ngreeting: Hello.\nbefore_answer: { ${fields} }\n---\nBe brief.\n`;
  const { agent, problems = [] } = parseAgent(text, 'agents/a.md', known);
  return { agent, problems: problems.map(describeProblem) };
}

test('before_answer is read with its deadline', () => {
  const { agent, problems } = read("url: 'http://127.0.0.1:4020/calls', secret: CRM_SECRET");
  expect(problems).toEqual([]);
  expect(agent?.before_answer).toEqual({
    url: 'http://127.0.0.1:4020/calls',
    secret: 'CRM_SECRET',
    timeout_ms: 1500,
  });
});

test.each([
  [
    "url: 'https://a.example.com', secret: CRM_SECRE",
    /before_answer\.secret: there is no secret "CRM_SECRE"; did you mean `CRM_SECRET`\?/,
  ],
  ["url: 'https://a.example.com', secret: PLAIN", /before_answer\.secret: the secret PLAIN cannot sign/],
  [
    "url: 'http://10.0.0.1/calls', secret: CRM_SECRET",
    /before_answer\.url: goes to 10\.0\.0\.1, which is not on the open internet/,
  ],
  [
    "url: 'https://a.example.com/{{caller_number}}', secret: CRM_SECRET",
    /before_answer\.url: uses \{\{caller_number\}\}/,
  ],
  ['url: crm, secret: CRM_SECRET', /before_answer\.url: must be a web address/],
  [
    "url: 'https://a.example.com', secret: CRM_SECRET, timeout_ms: 3000",
    /before_answer\.timeout_ms: must be at most 1500/,
  ],
  [
    "url: 'https://a.example.com', secret: CRM_SECRET, timeout: 300",
    /before_answer\.timeout: is not a field; did you mean `timeout_ms`\?/,
  ],
  ['secret: CRM_SECRET', /before_answer\.url: is missing/],
])('%s is told', (fields, problem) => {
  expect(read(fields).problems).toEqual([expect.stringMatching(problem)]);
});
