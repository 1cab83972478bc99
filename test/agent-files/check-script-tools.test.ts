import { expect, test } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';
import { knownNames } from '../../src/known-names.ts';

const known = knownNames({ secrets: {}, privateHosts: ['127.0.0.1'] });

/** The mistakes of an agent whose task has these lines. */
function problemsOf(task: string, more = ''): string {
  const text = `---
description: Sells.
greeting: Hello.
${more}tools:
  - take-message
  - end-call
  - name: book
    description: Books.
    url: http://127.0.0.1/book
    arguments: { day: The day., people: { type: integer, optional: true } }
script:
  tasks:
    - id: message
      examples: [leave a message, call me back]
      done: Thank you.
${task}
---
Be brief.
`;
  return (parseAgent(text, 'a.md', known).problems ?? []).map(describeProblem).join('\n');
}
const slot = (id: string) => `        - { id: ${id}, ask: What?, kind: text }\n`;

test.each([
  [
    'an argument that the tool does not have',
    `      tool: take-message\n      args: { mesage: a }`,
    '`take-message` has no argument `mesage`; did you mean `message`?',
  ],
  ['one that it needs', `      tool: take-message\n      args: { name: a }`, '`take-message` needs `message`'],
  [
    'a slot that is none of its arguments',
    `      tool: take-message\n      slots:\n${slot('message')}${slot('shoe')}`,
    'slots[1].id: `take-message` has no argument `shoe`; it takes message, name, number. Say in `args`',
  ],
  [
    'an argument of a tool of the file',
    `      tool: book\n      args: { day: a, table: b }`,
    '`book` has no argument `table`; it takes day, people',
  ],
  ['one that such a tool needs', `      tool: book\n      args: { people: a }`, '`book` needs `day`'],
  [
    'an argument of a tool that takes none',
    `      tool: end-call\n      args: { why: a }`,
    '`end-call` has no argument `why`; it takes no arguments',
  ],
])('%s is a mistake', (_what, task, says) => expect(problemsOf(task)).toContain(says));

test.each([
  ['slots of the right names', `      tool: take-message\n      slots:\n${slot('message')}${slot('number')}`],
  [
    'arguments made of other slots',
    `      tool: take-message\n      slots:\n${slot('shoe')}      args: { message: 'Shoe {{shoe}}' }`,
  ],
  ['what may be left out', `      tool: book\n      args: { day: a }`],
])('%s are right', (_what, task) => expect(problemsOf(task)).toBe(''));

test('a script in a language that it is not understood in is a mistake', () => {
  const task = `      tool: take-message\n      slots:\n${slot('message')}`;
  expect(problemsOf(task, 'language: nl-NL\n')).toBe(
    'a.md:12 script: is understood in English only, so with the language "nl-NL" it is never used; remove it, or use `language: en-US`',
  );
  expect(problemsOf(task, 'language: en-GB\n')).toBe('');
});
