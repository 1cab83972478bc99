import { expect, test } from 'vitest';
import type { TestCall } from '../../src/caller/place-test-call.ts';
import { selfCheckProblems } from '../../src/caller/self-check-problems.ts';

type Change = { turns?: object[]; recorded?: object; problems?: string[] };

const turn = (said: string | null, heardText: string, responseMs: number | null = 600) => ({
  said,
  heardText,
  responseMs,
});
const callWith = ({ turns, recorded = {}, problems = [] }: Change = {}): TestCall =>
  ({
    callId: 'call_1',
    heard: {
      problems,
      turns: turns ?? [
        turn(null, 'Thank you for calling Dr Rivera.'),
        turn('What time do you open?', 'We are open from nine to five.'),
      ],
    },
    recorded: {
      outcome: 'completed',
      end_reason: 'agent_goodbye',
      turns: [
        { role: 'agent', text: 'Thank you for calling Doctor Rivera.' },
        { role: 'caller', text: 'What time do you open?' },
        { role: 'agent', text: 'We are open from nine to five.' },
      ],
      ...recorded,
    },
  }) as unknown as TestCall;

test('a conversation that was heard and ended with a goodbye proves that everything works', () => {
  expect(selfCheckProblems(callWith())).toEqual([]);
});

test.each<[string, Change, RegExp]>([
  [
    'ended in silence',
    { recorded: { end_reason: 'silence' } },
    /ended as completed \(silence\), not with the agent's goodbye/,
  ],
  [
    'had no answer',
    { turns: [turn(null, 'Thank you for calling. We are open from nine to five.'), turn('Hello?', '', null)] },
    /Nothing was answered to “Hello\?”/,
  ],
  ['was spoken and not heard', { turns: [turn(null, 'la la'), turn('What time?', 'brrr')] }, /0 % were heard/],
  ['had a silent agent', { recorded: { turns: [] } }, /The agent said nothing/],
  ['had a problem already', { problems: ['Nobody answered.'] }, /Nobody answered/],
])('a conversation that %s does not', (_what, change, problem) => {
  expect(selfCheckProblems(callWith(change)).join(' ')).toMatch(problem);
});
