import { expect, test } from 'vitest';
import { variablesOf } from '../../../src/agent-files/built-in-variables.ts';
import { filled, instructionsOf } from '../../../src/worker/conversation/agent-session.ts';
import { parseAgent } from '../../../src/agent-files/parse-agent.ts';
import { checkVariables } from '../../../src/calls/place/check-variables.ts';
import { aCallRow } from '../a-call.ts';
import { anAgent } from '../an-agent.ts';

const at = new Date('2026-11-28T23:05:00Z');
const inbound = aCallRow();

test('a model is told day, date, time and zone of the call, by the clock of its agent', () => {
  const agent = anAgent({ timezone: 'Europe/Berlin' });
  const told = instructionsOf({ call: inbound, agent, variables: variablesOf(agent, inbound, at), at });
  expect(told).toBe(
    'You answer the phone.\n\nThe call began on Sunday, November 29, 2026 at 12:05 AM (timezone Europe/Berlin). Reckon "now", "today" and "tomorrow" from there.' +
      '\n\nText in brackets such as [keys pressed: 12] means that the caller pressed these keys on the phone.',
  );
});

test('every text can name them', () => {
  const agent = anAgent({ timezone: 'America/New_York', language: 'de-DE' });
  const text = '{{now}}|{{today}}|{{weekday}}|{{timezone}}|{{caller_number}}|{{called_number}}|{{call_id}}';
  expect(filled(text, variablesOf(agent, inbound, at))).toBe(
    '18:05|28. November 2026|Samstag|America/New_York|+14155550111|+14155550100|call_7',
  );
  const outbound = { ...inbound, direction: 'outbound' as const };
  expect(filled('{{caller_number}}|{{called_number}}', variablesOf(agent, outbound, at))).toBe(
    '+14155550100|+14155550111',
  );
});

test('what an agent or a call gives under such a name is meant', () => {
  const agent = anAgent({ variables: { now: 'noon' } });
  expect(variablesOf(agent, inbound, at)['now']).toBe('noon');
  expect(variablesOf(agent, { ...inbound, variables: { now: 'one' } }, at)['now']).toBe('one');
});

test('an agent file need not list them, and no call has to bring them', () => {
  const source = '---\ndescription: x\ngreeting: It is {{now}}.\n---\nToday is {{weekday}}.';
  const parsed = parseAgent(source, 'a.md', { tools: ['end-call'] });
  expect(parsed.problems ?? []).toEqual([]);
  expect(() => checkVariables({ agent: anAgent(), variables: {}, playbook: 'It is {{now}}.' })).not.toThrow();
});
