import { describe, expect, test } from 'vitest';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { variablesOf } from '../../src/agent-files/built-in-variables.ts';
import { hoursSchema, isOpen } from '../../src/agent-files/hours.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';
import { checkVariables } from '../../src/calls/place/check-variables.ts';
import { instructionsOf } from '../../src/worker/conversation/agent-session.ts';
import { aCallRow } from '../worker/a-call.ts';
import { anAgent } from '../worker/an-agent.ts';

const hours = hoursSchema.parse({
  days: { 'mon-thu': '09:00-12:30, 14:00-18:00', fri: '22:00-02:00', sun: '00:00-24:00' },
  holidays: { '12-25': 'closed', '2026-12-28': '10:00-11:00' },
});

// 2026-11-30 is a Monday.
test.each([
  ['2026-11-30T08:59', false],
  ['2026-11-30T09:00', true],
  ['2026-11-30T12:29', true],
  ['2026-11-30T12:30', false],
  ['2026-11-30T17:59', true],
  ['2026-11-30T18:00', false],
  ['2026-12-04T10:00', false],
  ['2026-12-04T22:00', true],
  ['2026-12-05T01:59', true],
  ['2026-12-05T02:00', false],
  ['2026-12-05T22:30', false],
  ['2026-12-06T23:59', true],
  ['2026-12-07T00:00', false],
  ['2026-12-25T23:00', false],
  ['2026-12-26T01:00', false],
  ['2028-12-25T10:00', false],
  ['2026-12-28T09:30', false],
  ['2026-12-28T10:30', true],
])('at %s it is open: %s', (at, open) => {
  expect(isOpen(hours, new Date(`${at}:00Z`), 'UTC')).toBe(open);
});

test('the clock is that of the zone, also where the clocks change and where it is another day', () => {
  const early = hoursSchema.parse({ days: { mon: '09:00-10:00' } });
  const open = (at: string, zone: string) => isOpen(early, new Date(at), zone);
  expect(open('2026-03-23T08:30:00Z', 'Europe/Berlin')).toBe(true);
  expect(open('2026-03-30T08:30:00Z', 'Europe/Berlin')).toBe(false);
  expect(open('2026-03-30T07:30:00Z', 'Europe/Berlin')).toBe(true);
  expect(open('2026-11-29T20:30:00Z', 'Pacific/Auckland')).toBe(true);
});

test('a day that is named by itself has its own times', () => {
  const shortFriday = hoursSchema.parse({ days: { 'mon-fri': '09:00-17:00', fri: '09:00-12:00' } });
  expect(isOpen(shortFriday, new Date('2026-12-04T13:00:00Z'), 'UTC')).toBe(false);
  expect(isOpen(shortFriday, new Date('2026-12-03T13:00:00Z'), 'UTC')).toBe(true);
});

test('days from one to another may go over the end of the week', () => {
  const weekend = hoursSchema.parse({ days: { 'sat-mon': '09:00-10:00' } });
  const open = [28, 29, 30].map((day) => isOpen(weekend, new Date(`2026-11-${day}T09:30:00Z`), 'UTC'));
  expect([...open, isOpen(weekend, new Date('2026-12-01T09:30:00Z'), 'UTC')]).toEqual([true, true, true, false]);
});

describe('an agent with hours', () => {
  const agent = anAgent({ timezone: 'UTC', hours });
  const told = (time: string) => {
    const at = new Date(`2026-11-30T${time}:00Z`);
    const variables = variablesOf(agent, aCallRow(), at);
    return { open: variables['open_now'], text: instructionsOf({ call: aCallRow(), agent, variables, at }) };
  };

  test('knows whether it is open, and tells the model so', () => {
    expect(told('10:00')).toEqual({ open: 'yes', text: expect.stringContaining('It is open now.') });
    expect(told('13:00')).toEqual({ open: 'no', text: expect.stringContaining('It is closed now.') });
    expect(told('13:00').text).toContain('mon-thu 09:00-12:30, 14:00-18:00');
    expect(told('13:00').text).toContain('Exceptions: 12-25 closed; 2026-12-28 10:00-11:00.');
  });

  test('needs no {{open_now}} from whoever places a call; one without hours does', () => {
    const playbook = 'Open: {{open_now}}';
    expect(() => checkVariables({ agent, variables: {}, playbook })).not.toThrow();
    expect(() => checkVariables({ agent: anAgent(), variables: {}, playbook })).toThrow(/open_now/);
  });
});

const problems = (...lines: string[]) => {
  const text = ['---', 'description: Sells.', ...lines, '---', '', 'You answer the phone.'].join('\n');
  return (parseAgent(text, 'agents/sales.md', { tools: ['end-call'] }).problems ?? []).map(describeProblem);
};

test.each([
  [["greeting: 'Open: {{open_now}}.'"], 'uses {{open_now}}, which is not a variable'],
  [['greeting: Hello.', 'hours: { days: { mon: 9-17 } }'], 'times such as 09:00-12:30'],
  [['greeting: Hello.', 'hours: { days: { mon: 09:00-25:00 } }'], 'times such as 09:00-12:30'],
  [['greeting: Hello.', 'hours: { days: { monday: 09:00-17:00 } }'], 'hours.days.monday'],
  [['greeting: Hello.', 'hours: { days: { mon: closed }, holidays: { 13-01: closed } }'], 'hours.holidays.13-01'],
])('a mistake is told when the file is read: %j', (lines, told) => {
  expect(problems(...lines)).toEqual([expect.stringContaining(told)]);
});

test('hours and what uses them are right as people write YAML', () => {
  const days = 'hours: { days: { mon-fri: 09:00-17:00 }, holidays: { 12-25: closed, 2026-12-24: 09:00-12:00 } }';
  expect(problems("greeting: 'Open: {{open_now}}.'", days)).toEqual([]);
});
