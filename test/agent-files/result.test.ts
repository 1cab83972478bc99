import { describe, expect, it, test } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';
import { resultFields, valueOf } from '../../src/agent-files/result.ts';

const known = { tools: ['end-call'], providers: ['scripted-llm', 'ollama-llm', 'openrouter-llm'] };
const script = `script:
  tasks:
    - id: booking
      examples: [book a table, a table please]
      slots:
        - { id: party, ask: For how many?, kind: number }
        - { id: day, ask: Which day?, kind: date }
      done: Noted.
  unknown: I do not know.`;
const parse = (...lines: string[]) =>
  parseAgent(
    ['---', 'description: Sells.', 'greeting: Hello.', ...lines, '---', '', 'You answer the phone.'].join('\n'),
    'agents/sales.md',
    known,
  );
const problems = (...lines: string[]) => (parse(...lines).problems ?? []).map(describeProblem);

describe('result: in an agent file', () => {
  it('names fields in a word, in the short form and as JSON Schema', () => {
    const { agent } = parse(
      'result:',
      '  summary: true',
      '  fields:',
      '    reason: why they call',
      '    party: { type: number, about: how many people, min: 1, slot: booking.party }',
      '    meal: { type: choice, about: which meal, choices: [lunch, dinner] }',
      '  schema: { type: object, properties: { email: { type: string, format: email, description: where to write } } }',
      script,
    );
    expect(resultFields(agent!.result!)).toMatchObject([
      { name: 'reason', type: 'text', about: 'why they call' },
      { name: 'party', type: 'number', schema: { type: 'number', minimum: 1 }, slot: 'booking.party' },
      { name: 'meal', type: 'choice', schema: { type: 'string', enum: ['lunch', 'dinner'] } },
      { name: 'email', type: 'json', about: 'where to write', schema: { type: 'string', format: 'email' } },
    ]);
  });

  test.each([
    ['text', 'x', 7],
    ['number', 4, '4'],
    ['yes_no', false, 'no'],
    ['date', '2026-02-28', '2026-02-30'],
    ['time', '23:59', '24:00'],
    ['list', ['a', 'b'], 'a'],
  ])('a %s takes what is one, and nothing else', (type, right, wrong) => {
    const { agent } = parse('result:', `  fields: { it: { type: ${type}, about: it } }`);
    const [field] = resultFields(agent!.result!);
    expect(valueOf(field!).safeParse(right).success).toBe(true);
    expect(valueOf(field!).safeParse(wrong).success).toBe(false);
  });
});

test.each([
  [['result: {}'], 'result: asks for nothing'],
  [['result: { summary: true, summry: true }'], 'result.summry: is not a field; did you mean `summary`?'],
  [['result: { fields: { meal: { type: choice, about: which } } }'], 'must be there for a field of type `choice`'],
  [['result: { fields: { Meal: which } }'], 'is not a name'],
  [['result: { schema: { properties: {} } }'], 'must be JSON Schema with `type: object`'],
  [
    ['result: { schema: { type: object, properties: { a: { type: strng } } } }'],
    'is not a JSON Schema: Unsupported type',
  ],
  [['result: { schema: { type: object, properties: { a: 7 } } }'], 'is not a JSON Schema: it needs a `type`'],
  [
    ['result: { fields: { a: x }, schema: { type: object, properties: { a: { type: string } } } }'],
    '"a" is in `schema` as well',
  ],
  [
    ['result: { fields: { n: { type: number, about: x, slot: booking.partie } } }', script],
    'the script has no slot "booking.partie"; did you mean `booking.party`?',
  ],
  [
    ['result: { fields: { n: { type: date, about: x, slot: booking.day } } }', script],
    'holds a date, which fills a field of type text',
  ],
  [['result: { fields: { n: { about: x, slot: a.b } } }'], 'the script has no slot "a.b"; it has none'],
  [['result: { summary: true, llm: scripted-llm }'], 'there is no model "scripted-llm" that answers after a call'],
  [['result: { summary: true, llm: { provider: olama-llm } }'], 'did you mean `ollama-llm`?'],
])('a mistake in it is told when the file is read: %j', (lines, told) => {
  expect(problems(...lines)).toEqual([expect.stringContaining(told)]);
});
