import { describe, expect, test } from 'vitest';
import { failuresOf, runInText } from './run-in-text.ts';

const agent = (front: string) => `---
description: A bakery.
pipeline: embedded
variables: { customer: there }
${front}
script:
  unknown: I do not know that.
  facts: [{ id: hours, examples: [when are you open, opening hours], answer: From six to two. }]
---
You answer the phone.
`;
const asks = 'before_answer: { url: "https://crm.example.com/", secret: CRM_SECRET }';
const run = (front: string, scenario: string, others: Record<string, string> = {}) =>
  runInText('bakery', {
    agent: agent(front),
    others,
    scenarios: `agent: bakery\nscenarios:\n  - name: a\n${scenario}`,
  });

describe('papers', () => {
  test('are answered from, as in a call', async () => {
    const results = await run(
      'greeting: Hello.\nknowledge: [papers/clinic.md]',
      `    steps:
      - { say: Where can I park my car?, expect: { heard: car park behind the building } }
      - { say: Who won the football match?, expect: { heard: I do not know that } }`,
    );
    expect(failuresOf(results)).toEqual([]);
  });
});

describe('memory', () => {
  const remembers = `remembers: { calls: 2 }
result: { fields: { cakes: how many } }
greeting: Hello. Is it about the {{remembered_cakes}} cakes?`;

  test('is of the earlier calls of the scenario, the latest first', async () => {
    const results = await run(
      remembers,
      `    call: { earlier_calls: [{ days_ago: 20, fields: { cakes: 9 } }, { days_ago: 200, fields: { cakes: 7 } }, { days_ago: 2, summary: Wanted cakes., fields: { cakes: 3 } }] }
    steps: [{ say: When are you open? }]
    expect: { heard: about the 3 cakes }`,
    );
    expect(failuresOf(results)).toEqual([]);
  });

  test('of an agent that does not remember is a mistake', async () => {
    const results = await run(
      'greeting: Hello.',
      '    call: { earlier_calls: [{ summary: Cakes. }] }\n    steps: [{ wait: 1 }]',
    );
    expect(failuresOf(results).join()).toContain('bakery does not remember any');
  });
});

describe('the backend', () => {
  const greeting = `${asks}\ngreeting: Hello {{customer}}.`;

  test('gives variables', async () => {
    const scenario = `    call: { before_answer: { variables: { customer: Ann } } }
    steps: [{ wait: 1 }]
    expect: { heard: Hello Ann }`;
    expect(failuresOf(await run(greeting, scenario))).toEqual([]);
  });

  test('chooses another agent', async () => {
    const scenario = `    call: { before_answer: { agent: vip } }
    steps: [{ wait: 1 }]
    expect: { heard: This is the desk for friends }`;
    const others = { vip: agent('greeting: This is the desk for friends.') };
    expect(failuresOf(await run(greeting, scenario, others))).toEqual([]);
  });

  test('refuses', async () => {
    const scenario = `    call: { before_answer: { refuse: closed } }
    expect: { end_reason: blocked_by_rule, not_heard: Hello }`;
    expect(failuresOf(await run(greeting, scenario))).toEqual([]);
  });

  test('that did not answer changes nothing', async () => {
    expect(failuresOf(await run(greeting, '    steps: [{ wait: 1 }]\n    expect: { heard: Hello there }'))).toEqual([]);
  });

  test('that says what the agent has no use for is a mistake', async () => {
    const scenario =
      '    call: { before_answer: { agent: nobody, variables: { colour: red } } }\n    steps: [{ wait: 1 }]';
    const told = failuresOf(await run(greeting, scenario)).join();
    expect(told).toContain('There is no agent "nobody"');
    expect(told).toContain('has no variable colour');
  });

  test('of an agent that asks nobody is a mistake', async () => {
    const scenario = '    call: { before_answer: { refuse: true } }\n    steps: [{ wait: 1 }]';
    expect(failuresOf(await run('greeting: Hello.', scenario)).join()).toContain('asks no backend');
  });
});
