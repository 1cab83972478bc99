import { expect, test } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { parseScenarios } from '../../src/scenarios/file/parse-scenarios.ts';

const problemsOf = (text: string) =>
  parseScenarios(text, 't.yaml', ['receptionist', 'survey']).problems.map(describeProblem);
const scenario = (fields: string) =>
  `agent: receptionist\nscenarios:\n  - name: one\n${fields.replaceAll(/^/gm, '    ')}`;

test('a file with every field is read, with what it says of all its scenarios', () => {
  const text = `agent: receptionist
call: { direction: outbound, variables: { clinic: A, day: Monday }, at: '2026-05-04T09:30:00+02:00' }
doubles:
  look_up: { answers: { free: true } }
scenarios:
  - name: one
    in: [text, sound]
    call: { variables: { clinic: B }, phone_number: null, playbook: Be brief. }
    doubles: { take-message: { fails: It is away., after_ms: 5 } }
    steps:
      - say: Hello
        expect: { heard: hello, not_heard: [a, /b+/], means: greets, tools: take_message, answer_within_ms: 900 }
      - { wait: 3 }
      - { say: Stop, barge_in_after_ms: 400, expect: { silent_within_ms: 500, tools: [] } }
      - hang_up: true
    expect: { effects: { take_message: 0 }, end_reason: caller_hung_up, cost_below_usd: 0.1 }
  - name: two
    persona: { goal: You want a cleaning., max_turns: 5 }
`;
  const { scenarios, problems } = parseScenarios(text, 't.yaml', ['receptionist']);
  expect(problems).toEqual([]);
  const [one, two] = scenarios;
  expect(one).toMatchObject({
    agent: 'receptionist',
    line: 6,
    call: { direction: 'outbound', variables: { clinic: 'B', day: 'Monday' }, phone_number: null },
    doubles: { 'look-up': { answers: { free: true } }, 'take-message': { fails: 'It is away.' } },
    expect: { effects: { 'take-message': 0 } },
  });
  expect(one?.steps[0]?.expect.tools).toEqual([{ name: 'take-message', arguments: {} }]);
  expect(one?.steps[2]?.expect.tools).toEqual([]);
  expect(one?.lineOf(['steps', 1, 'wait'])).toBe(13);
  expect(two).toMatchObject({ steps: [], persona: { max_turns: 5 } });
});

test.for<[name: string, text: string, problem: string]>([
  [
    'a field that is misspelt',
    scenario('step: []'),
    't.yaml:4 scenarios[0].step: is not a field; did you mean `steps`?',
  ],
  [
    'a field of a step that is misspelt',
    scenario('steps:\n  - say: Hi\n    expect: { herd: hello }'),
    't.yaml:6 scenarios[0].steps[0].expect.herd: is not a field; did you mean `heard`?',
  ],
  [
    'a field of a double that is misspelt',
    scenario('steps: [{ say: Hi }]\ndoubles: { take-message: { answer: x } }'),
    't.yaml:5 scenarios[0].doubles.take-message.answer: is not a field; did you mean `answers`?',
  ],
  [
    'an agent that is misspelt',
    'agent: receptonist\nscenarios: [{ name: a, steps: [{ say: Hi }] }]',
    't.yaml:1 agent: there is no agent "receptonist"; did you mean `receptionist`?',
  ],
  [
    'no agent',
    'scenarios: [{ name: a, steps: [{ say: Hi }] }]',
    't.yaml:1 agent: is missing. The agent file that is tested, without `.md`.',
  ],
  ['no scenario', 'agent: survey\nscenarios: []', 't.yaml:2 scenarios: needs at least 1 entries'],
  [
    'nobody who calls',
    scenario('steps: []'),
    't.yaml:3 scenarios[0]: has nobody who calls: write `steps`, or a `persona`',
  ],
  [
    'two things in one step',
    scenario('steps:\n  - { say: Hi, wait: 3 }'),
    't.yaml:5 scenarios[0].steps[0]: does say and wait at once: a step is one of say, wait, hang_up',
  ],
  [
    'a step that does nothing',
    scenario('steps:\n  - expect: { heard: hi }'),
    't.yaml:5 scenarios[0].steps[0]: does nothing: a step is one of say, wait, hang_up',
  ],
  [
    'words after the end',
    scenario('steps:\n  - hang_up: true\n  - say: Hi'),
    't.yaml:5 scenarios[0].steps[0].hang_up: ends the call; nothing can come after it',
  ],
  [
    'an end reason that there is not',
    scenario('steps: [{ say: Hi }]\nexpect: { end_reason: goodbye }'),
    't.yaml:5 scenarios[0].expect.end_reason: must be one of',
  ],
  [
    'a pattern that cannot be read',
    scenario("steps:\n  - say: Hi\n    expect: { heard: '/(/' }"),
    't.yaml:6 scenarios[0].steps[0].expect.heard: /(/ is not a valid pattern',
  ],
  [
    'a persona of two kinds',
    scenario('persona: { goal: x, rules: [{ hears: a, say: b }] }'),
    't.yaml:4 scenarios[0].persona: needs either a `goal`, for a model, or `rules`',
  ],
  [
    'a double that answers and fails',
    scenario('steps: [{ say: Hi }]\ndoubles: { a: { answers: x, fails: y } }'),
    't.yaml:5 scenarios[0].doubles.a: both `answers` and `fails`: write one of them',
  ],
  [
    'silence where nobody talks over the agent',
    scenario('steps:\n  - say: Hi\n    expect: { silent_within_ms: 3 }'),
    't.yaml:6 scenarios[0].steps[0].expect.silent_within_ms: is of no use without `barge_in_after_ms`',
  ],
  [
    'two of a name',
    'agent: survey\nscenarios:\n  - { name: a, steps: [{ say: Hi }] }\n  - { name: a, steps: [{ say: Hi }] }',
    't.yaml:4 scenarios[1].name: "a" is there twice; names are unique in a file',
  ],
  ['YAML that is none', 'agent: a: b', 't.yaml:1 cannot be read; put quotes around a text that has a colon in it'],
  [
    'a time without a zone',
    scenario("steps: [{ say: Hi }]\ncall: { at: '2026-05-04 09:30' }"),
    't.yaml:5 scenarios[0].call.at: must be a time with its zone',
  ],
])('%s is told with file, line, field and cure', ([, text, problem]) => {
  expect(problemsOf(text).join('\n')).toContain(problem);
});
