import { expect, test } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';
import { httpTools, toolNames } from '../../src/agent-files/tools/agent-tools.ts';
import { readPrivatePlaces, toolUrlProblem } from '../../src/calls/tools/tool-address.ts';

const places = readPrivatePlaces(['127.0.0.1:4010', '10.1.0.0/16']);
const known = {
  tools: ['end-call', 'take-message'],
  secrets: ['CALENDAR_KEY'],
  urlProblem: (url: string) => toolUrlProblem(url, places),
};

/** An agent file with these lines as its tools, which begin in line 5. */
function agentWith(tools: string, rest = ''): string {
  return `---\ndescription: Books.\ngreeting: Hello {{name}}.\ntools:\n${tools}\nvariables: { name: Ann, clinic: harbour }\n${rest}---\nBe brief.\n`;
}

function problemsOf(tools: string, rest = ''): string[] {
  return (parseAgent(agentWith(tools, rest), 'agents/a.md', known).problems ?? []).map(describeProblem);
}

const whole = `  - end-call
  - name: book
    description: Books an appointment.
    url: https://calendar.example.com/{{clinic}}/appointments/{{day}}
    method: PUT
    headers: { Authorization: 'Bearer {{secret.CALENDAR_KEY}}' }
    arguments:
      day: The day, as YYYY-MM-DD.
      people: { type: integer, minimum: 1, description: How many come., optional: true }
    body: { who: '{{name}}', people: '{{people}}' }
    timeout_ms: 3000
    retries: 2
    idempotent: true
    say: One moment, {{name}}.
    on_error: Offer to take a message.
    answer: { path: slot.time, max_chars: 200 }`;

test('a tool of an agent’s own is read, its arguments as JSON Schema', () => {
  const { agent, problems } = parseAgent(agentWith(whole), 'agents/a.md', known);
  expect(problems).toBeUndefined();
  expect(toolNames(agent!)).toEqual(['end-call', 'book']);
  expect(httpTools(agent!)[0]).toMatchObject({
    name: 'book',
    method: 'PUT',
    arguments: {
      type: 'object',
      required: ['day'],
      additionalProperties: false,
      properties: {
        day: { type: 'string', description: 'The day, as YYYY-MM-DD.' },
        people: { type: 'integer', minimum: 1, description: 'How many come.' },
      },
    },
    answer: { path: 'slot.time', max_chars: 200 },
  });
});

test('a whole JSON Schema is taken as it is, also twice under one name', () => {
  const tool = `  - name: a
    description: A.
    url: https://api.example.com/a
    arguments: { $id: same, $schema: 'https://json-schema.org/draft/2020-12/schema', type: object, properties: { n: { type: integer } }, required: [n] }`;
  expect(problemsOf(tool)).toEqual([]);
  expect(problemsOf(tool)).toEqual([]);
});

const base = '  - name: book\n    description: Books.\n    url: https://api.example.com/book\n';
const wrong: [about: string, tools: string, says: RegExp][] = [
  ['no address', '  - name: book\n    description: Books.', /a\.md:5 tools\[0\]\.url: is missing/],
  ['a name that models cannot say', base.replace('book\n', 'Book It\n'), /:5 tools\[0\]\.name: must be lower-case/],
  ['a mistyped field', `${base}    timeout: 3`, /:8 tools\[0\]\.timeout: is not a field; did you mean `timeout_ms`\?/],
  [
    'a type that is none',
    `${base}    arguments:\n      day: { type: strin }`,
    /:9 tools\[0\]\.arguments\.day\.type: is not a JSON Schema: it must be equal to one of the allowed values/,
  ],
  [
    'a number as description',
    `${base}    arguments:\n      day: 3`,
    /:9 tools\[0\]\.arguments\.day: must be a text that describes/,
  ],
  [
    'an argument name with a space',
    `${base}    arguments:\n      'the day': Day.`,
    /:9 tools\[0\]\.arguments\.the day: "the day" is not the name/,
  ],
  [
    'a pattern that is none',
    `${base}    arguments:\n      day: { type: string, pattern: '(' }`,
    /tools\[0\]\.arguments: is not a JSON Schema: /,
  ],
  [
    'a secret that is not set',
    `${base}    headers: { X-Key: '{{secret.NONE}}' }`,
    /:8 tools\[0\]\.headers\.X-Key: uses \{\{secret\.NONE\}\}, and there is no secret NONE: set it in the environment/,
  ],
  [
    'a secret that would be spoken',
    `${base}    say: '{{secret.CALENDAR_KEY}}'`,
    /:8 tools\[0\]\.say: .*never told to anybody/,
  ],
  [
    'a secret in a greeting',
    `${base}goodbye: '{{secret.CALENDAR_KEY}}'`,
    /goodbye: uses \{\{secret\.CALENDAR_KEY\}\}, which is not a variable/,
  ],
  [
    'a name that is neither',
    base.replace('/book\n', '/{{dayy}}\n') + '    arguments: { day: Day. }',
    /:7 tools\[0\]\.url: uses \{\{dayy\}\}, which is neither a variable nor an argument; did you mean \{\{day\}\}\?/,
  ],
  [
    'an argument in a header',
    `${base}    arguments: { day: Day. }\n    headers: { X-Day: '{{day}}' }`,
    /:9 tools\[0\]\.headers\.X-Day: uses \{\{day\}\}, which is not a variable/,
  ],
  [
    'one name for two things',
    `${base}    arguments: { name: Name. }`,
    /:8 tools\[0\]\.arguments\.name: is the name of a variable too/,
  ],
  [
    'a host from a variable',
    base.replace('api.example.com', '{{clinic}}.example.com'),
    /:7 tools\[0\]\.url: must have its host written out/,
  ],
  [
    'a private address',
    base.replace('api.example.com', '192.168.1.7'),
    /:7 tools\[0\]\.url: goes to 192\.168\.1\.7, .*PARLEY_TOOL_PRIVATE_HOSTS/,
  ],
  ['a private address written as a number', base.replace('api.example.com', '2130706433'), /goes to 127\.0\.0\.1, /],
  [
    'another port of a listed host',
    base.replace('https://api.example.com', 'http://127.0.0.1:5432'),
    /goes to 127\.0\.0\.1:5432/,
  ],
  ['another scheme', base.replace('https:', 'ftp:'), /:7 tools\[0\]\.url: must be a web address/],
  [
    'a password in the address',
    base.replace('https://', 'https://me:pw@'),
    /tools\[0\]\.url: holds a password; use a header/,
  ],
  [
    'a name of Parley',
    base.replace('book\n', 'take-message\n'),
    /:5 tools\[0\]\.name: `take-message` is a tool of Parley/,
  ],
  ['two of one name', `${base}${base}`, /:8 tools\[1\]\.name: "book" is there twice/],
  ['a header that is ours', `${base}    headers: { Idempotency-Key: x }`, /is set by Parley itself/],
  ['a body with GET', `${base}    method: GET\n    body: { a: 1 }`, /tools\[0\]\.body: cannot be sent with GET/],
];
test.each(wrong)('%s is told with its line, its field and what to do', (_about, tools, says) => {
  expect(problemsOf(tools).join('\n')).toMatch(says);
});

const server = '  - mcp: shop\n    url: https://shop.example.com/mcp\n';
const wrongServers: [about: string, tools: string, says: RegExp][] = [
  [
    'neither address nor program',
    '  - mcp: shop',
    /:5 tools\[0\]: needs either the `url` of a server or the `command`/,
  ],
  ['address and program', `${server}    command: [node]`, /:5 tools\[0\]: needs either/],
  ['a private address', server.replace('shop.example.com', '10.9.0.1'), /:6 tools\[0\]\.url: goes to 10\.9\.0\.1/],
  [
    'a variable of a call',
    `${server}    headers: { X-Caller: '{{caller_number}}' }`,
    /:7 tools\[0\]\.headers\.X-Caller: uses \{\{caller_number\}\}, which is not a variable/,
  ],
  ['a secret that is not set', `${server}    headers: { X: '{{secret.NONE}}' }`, /there is no secret NONE/],
  ['a mistyped field', `${server}    onlyy: [a]`, /:7 tools\[0\]\.onlyy: is not a field; did you mean `only`\?/],
  ['a name that is no text', `${server}    only: [3]`, /:7 tools\[0\]\.only\[0\]: must be a text/],
];
test.each(wrongServers)('of an MCP server %s is told', (_about, tools, says) => {
  expect(problemsOf(tools).join('\n')).toMatch(says);
});

test('an MCP server is read, and its tools can be named by a script', () => {
  const { agent, problems } = parseAgent(
    agentWith(
      `${server}    only: [find_order]`,
      'script: { unknown: No., tasks: [{ id: a, examples: [where is it, my order], tool: find-order, done: "It is {{answer.state}}." }] }\n',
    ),
    'agents/a.md',
    known,
  );
  expect(problems).toBeUndefined();
  expect(toolNames(agent!)).toEqual(['find-order']);
});

test('listed private places are allowed', () => {
  expect(problemsOf(base.replace('https://api.example.com', 'http://127.0.0.1:4010'))).toEqual([]);
  expect(problemsOf(base.replace('api.example.com', '10.1.2.3'))).toEqual([]);
});
