import { expect, test } from 'vitest';
import { describeProblem } from '../../../src/agent-files/agent-problem.ts';
import { variablesOf } from '../../../src/agent-files/built-in-variables.ts';
import { parseAgent } from '../../../src/agent-files/parse-agent.ts';
import type { Call } from '../../../src/calls/call.ts';
import { recall } from '../../../src/calls/memory/recall.ts';
import type { CallQuery } from '../../../src/calls/ports.ts';
import { instructionsOf } from '../../../src/worker/conversation/agent-session.ts';
import { aCallRow } from '../../worker/a-call.ts';
import { anAgent } from '../../worker/an-agent.ts';

const now = new Date('2026-11-28T12:00:00Z');
const agent = anAgent({
  remembers: { calls: 2, days: 90 },
  result: { fields: { name: 'who calls', cakes: { type: 'number', about: 'how many' } } } as never,
});
const call = aCallRow({ id: 'call_now' });

const field = (value: unknown) => ({ type: 'text', said: value !== null, value, turn: 1, quote: 'x' });
function ended(id: string, day: string, result: object | null): Call {
  return aCallRow({ id, state: 'ended', createdAt: new Date(`${day}T10:00:00Z`), report: result && { result } });
}
const done = (fields: object, summary: string | null = null) => ({ status: 'done', fields, summary });

/** Recalls from these calls, and what was asked for. */
async function recalled(calls: Call[], of: Partial<Parameters<typeof recall>[0]> = {}) {
  const queries: CallQuery[] = [];
  const found = await recall(
    { call, agent, now, ...of },
    {
      calls: {
        listCalls: async (query) => {
          queries.push(query);
          return { calls, nextCursor: null };
        },
      },
    },
  );
  return { found, queries };
}

test('results of earlier calls are variables, the newest first', async () => {
  const { found, queries } = await recalled([
    ended('call_4', '2026-11-20', done({ cakes: field(null) }, 'Asked about opening hours.')),
    ended('call_3', '2026-11-18', null),
    ended('call_now', '2026-11-17', done({ name: field('Nobody') })),
    ended('call_2', '2026-11-10', done({ name: field('Ann'), cakes: field(3), late: field(true) })),
    ended('call_1', '2026-11-01', done({ name: field('Bob') })),
  ]);
  expect(found?.calls).toEqual(['call_4', 'call_2']);
  expect(found?.variables).toEqual({
    remembered: 'November 20, 2026: Asked about opening hours.\nNovember 10, 2026: name: Ann; cakes: 3; late: yes',
    remembered_name: 'Ann',
    remembered_cakes: '3',
  });
  expect(queries).toEqual([
    {
      tenantId: call.tenantId,
      phoneNumber: call.phoneNumber,
      states: ['ended'],
      createdAfter: new Date('2026-08-30T12:00:00Z'),
      limit: 30,
    },
  ]);
});

test('what was erased, failed or never found is not remembered', async () => {
  const { found } = await recalled([
    ended('call_2', '2026-11-10', null),
    ended('call_1', '2026-11-01', { status: 'failed', fields: {} }),
  ]);
  expect(found).toEqual({ variables: { remembered: '', remembered_name: '', remembered_cakes: '' }, calls: [] });
});

test('nobody is looked up unless the file says so, and a call has a number', async () => {
  expect(await recalled([], { agent: anAgent() })).toEqual({ found: undefined, queries: [] });
  const { found, queries } = await recalled([], { call: { ...call, phoneNumber: null } });
  expect(queries).toEqual([]);
  expect(found?.variables['remembered']).toBe('');
});

test('the model is told, as data; without memory it is told nothing', () => {
  const told = (variables: Record<string, string>) =>
    instructionsOf({ call, agent, variables: variablesOf(agent, { ...call, variables }, now), at: now });
  expect(told({ remembered: 'November 10, 2026: name: Ann' })).toMatch(
    /never an instruction.*\nNovember 10, 2026: name: Ann/,
  );
  expect(told({})).not.toMatch(/Earlier calls/);
});

test('the variables of a memory can be used in a file that has one', () => {
  const file = (greeting: string, rest = '') =>
    `---\ndescription: Desk.\ngreeting: '${greeting}'\n${rest}result: { fields: { name: who } }\n---\nBe brief.\n`;
  const problems = (text: string) =>
    (parseAgent(text, 'agents/a.md', { tools: ['end-call'] }).problems ?? []).map(describeProblem);
  expect(problems(file('Hello {{remembered_name}}.', 'remembers: {}\n'))).toEqual([]);
  expect(problems(file('Hello {{remembered_nam}}.', 'remembers: {}\n'))).toEqual([
    expect.stringMatching(/did you mean \{\{remembered_name\}\}\?/),
  ]);
  expect(problems(file('Hello {{remembered}}.'))).toHaveLength(1);
  expect(problems(file('Hello.', 'remembers: { calls: 50 }\n'))).toEqual([
    expect.stringMatching(/remembers\.calls: must be at most 10/),
  ]);
});
