import { setImmediate as turn } from 'node:timers/promises';
import type { voice } from '@livekit/agents';
import { expect, test } from 'vitest';
import type { NewEvent } from '../../../src/calls/ports.ts';
import { Opening, prepareOpening } from '../../../src/worker/conversation/opening.ts';
import { formalitiesOf } from '../../../src/worker/recording/consent.ts';
import { anAgent } from '../an-agent.ts';

/** The opening of an agent, and a caller who answers it. `cutsOff` ends whatever is said before its end. */
async function anOpening(fields: Parameters<typeof anAgent>[0], { cutsOff = false } = {}) {
  const agent = anAgent(fields);
  const formalities = formalitiesOf(agent, undefined);
  const speech = await prepareOpening({ greeting: agent.greeting, formalities }, async (text) => ({
    text,
    frames: [],
  }));
  const said: string[] = [];
  const events: NewEvent[] = [];
  const session = {
    say: (text: string, { allowInterruptions }: { allowInterruptions: boolean }) => {
      said.push(allowInterruptions ? text : `${text} (to its end)`);
      return { interrupted: cutsOff, waitForPlayout: async () => undefined };
    },
  } as unknown as voice.AgentSession;
  const callAgent: { takes: ((words: string) => void) | undefined } = { takes: undefined };
  let consented = 0;
  const opening = new Opening({
    session,
    callAgent,
    agent,
    speech,
    record: { add: ({ events: added = [] }) => void events.push(...added) },
    onConsent: () => (consented += 1),
    log: () => undefined,
  });
  opening.begin();
  await turn();
  return {
    said,
    opening,
    callAgent,
    events: () => events.map(({ type, data }) => [type, data]),
    consents: () => consented,
  };
}

const greeting = 'Hello, how can I help you?';

test('an agent that has nothing to say first greets', async () => {
  const { said, callAgent, events } = await anOpening({});
  expect([said, callAgent.takes, events()]).toEqual([[greeting], undefined, []]);
});

test('what has to be said is heard to its end, before the greeting', async () => {
  const { said, events } = await anOpening({ disclosure: 'I am a machine.', recording: { consent: 'announce' } });
  expect(said).toEqual(['I am a machine. This call is recorded. (to its end)', greeting]);
  expect(events()).toEqual([['call.disclosed', { ai: true, recording: true }]]);
});

test('what was cut off was not said, and is said again to whoever comes then', async () => {
  const { said, events, opening } = await anOpening({ disclosure: true }, { cutsOff: true });
  expect(events()).toEqual([]);
  opening.begin();
  expect(said.filter((text) => text.includes('automated'))).toHaveLength(2);
});

test.each([
  ['a yes', ['Yes.'], 'yes', 1, [greeting]],
  ['a no', ['No, thanks.'], 'no', 0, ['All right, this call is not recorded.', greeting]],
  ['a yes at last', ['Pardon?', 'Sure.'], 'yes', 1, ['Sorry, may we record this call, yes or no?', greeting]],
  [
    'neither',
    ['Pardon?', 'Who is there?'],
    'unclear',
    0,
    ['Sorry, may we record this call, yes or no?', 'All right, this call is not recorded.', greeting],
  ],
])('after %s the call goes on as the caller wants it', async (_kind, answers, answer, consents, then) => {
  const opened = await anOpening({ recording: { consent: 'ask' } });
  for (const words of answers) opened.callAgent.takes?.(words);
  expect(opened.said.slice(1)).toEqual(then);
  expect(opened.events()).toEqual([['recording.consent', { answer }]]);
  expect(opened.consents()).toBe(consents);
  expect(opened.callAgent.takes).toBeUndefined();
  // Who is greeted again after a machine is not asked again.
  opened.opening.begin();
  expect(opened.said.at(-1)).toBe(greeting);
});
