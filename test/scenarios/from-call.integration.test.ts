import { expect, onTestFinished, test } from 'vitest';
import { readKeptCall } from '../../src/compose/compose-kept-call.ts';
import { readConfig } from '../../src/config.ts';
import { newId } from '../../src/calls/new-id.ts';
import { parseScenarios } from '../../src/scenarios/file/parse-scenarios.ts';
import { scenarioFromCall } from '../../src/scenarios/from-call.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { aCall, openStore } from '../store/open-store.ts';
import { agentText, changed, failuresOf, runInText } from './run-in-text.ts';

const hours =
  'We are open Monday to Friday from eight in the morning to six in the evening, and Saturday from nine to one.';

test('a call that was cut in on and left a message becomes a scenario that passes, and fails once the agent differs', async () => {
  const store = await openStore();
  onTestFinished(store.close);
  const calls = callStore(store.database);
  const callId = newId('call');
  await calls.insertCall(
    aCall({ id: callId, direction: 'inbound', state: 'in_progress', variables: { clinic: 'North Dental' } }),
    {
      type: 'call.state',
      data: { state: 'in_progress' },
    },
  );
  const said: [role: 'agent' | 'caller', text: string, interrupted?: boolean][] = [
    ['agent', 'Thank you for calling North Dental. How can I help you?'],
    ['caller', 'What are your opening hours?'],
    ['agent', hours.slice(0, 28), true],
    ['caller', 'Can I leave a message?'],
    ['agent', 'Certainly. Who is calling, please?'],
    ['caller', 'Tom'],
    ['agent', 'And what number can we reach you on?'],
    ['caller', '555 0123'],
    ['agent', 'What would you like me to pass on?'],
    ['caller', 'The bill is wrong'],
    [
      'agent',
      'So that is Tom, number five five five, zero one two three, and the message is: The bill is wrong. Is that right?',
    ],
    ['caller', 'yes'],
    ['agent', 'Thank you, I have passed that on. Is there anything else I can help with?'],
    ['caller', 'No, bye.'],
    ['agent', 'Thank you for calling North Dental. Goodbye.'],
  ];
  const turns = said.map(([role, text, interrupted = false], index) => ({
    index,
    role,
    text,
    interrupted,
    startedMs: index * 3000,
    endedMs: index * 3000 + 2000,
  }));
  const message = { name: 'Tom', number: '5550123', message: 'The bill is wrong' };
  await calls.record(callId, {
    turns,
    events: [
      {
        type: 'tool.called',
        data: { name: 'take-message', arguments: message, ok: true, atMs: turns[11]!.endedMs + 50 },
      },
      { type: 'tool.called', data: { name: 'end-call', arguments: {}, ok: true, atMs: turns[13]!.endedMs + 50 } },
    ],
  });
  await calls.transition({
    callId,
    to: 'ended',
    patch: { endReason: 'agent_goodbye', outcome: 'completed', hungUpBy: 'agent' },
    event: { type: 'call.ended' },
  });

  const kept = await readKeptCall(callId, readConfig({ DATABASE_URL: store.url }));
  const scenarios = scenarioFromCall(kept);
  const { scenarios: found, problems } = parseScenarios(scenarios, 'call.yaml', ['receptionist']);
  expect(problems).toEqual([]);
  const [parsed] = found;
  expect(parsed?.steps[1]).toMatchObject({ say: 'Can I leave a message?', barge_in_after_ms: 2000 });
  expect(parsed?.steps[5]?.expect.tools).toEqual([{ name: 'take-message', arguments: message }]);
  expect(parsed?.call).toMatchObject({ variables: { clinic: 'North Dental' }, direction: 'inbound' });

  const agent = await agentText('receptionist');
  expect(failuresOf(await runInText('receptionist', { agent, scenarios }))).toEqual([]);
  const other = changed(agent, 'Certainly. Who is calling, please?', 'Your name?');
  expect(failuresOf(await runInText('receptionist', { agent: other, scenarios })).join()).toContain('Who is calling');
  await expect(readKeptCall('call_none', readConfig({ DATABASE_URL: store.url }))).rejects.toThrow('There is no call');
});
