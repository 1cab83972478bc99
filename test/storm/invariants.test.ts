import { expect, test } from 'vitest';
import { type CallRow, type Observed, violationsOf } from './invariants.ts';
import type { Witness } from './outside.ts';

const number = '+14155551000';
const row = (change: Partial<CallRow> = {}): CallRow => ({
  id: 'call_1',
  direction: 'outbound',
  state: 'ended',
  phone_number: number,
  outcome: 'completed',
  end_reason: 'caller_hung_up',
  answered_at: new Date(3_000),
  cost_usd: '0.02',
  ...change,
});
const person = (change: Partial<Witness> = {}): Witness => ({
  who: number,
  room: 'call_1',
  kind: 'outbound',
  joinedAtMs: 1_000,
  answeredAtMs: 3_000,
  leftAtMs: 33_000,
  leftBy: 'self',
  heardSeconds: [1, 10, 20],
  ...change,
});
const events = ['call.queued', 'call.answered', 'call.ended'].map((type, index) => ({
  call_id: 'call_1',
  sequence: index + 1,
  type,
}));
const hooks = [
  { id: 'a', type: 'call.answered', callId: 'call_1' },
  { id: 'b', type: 'call.ended', callId: 'call_1' },
];
/** One call in which all went well. */
const well: Observed = {
  calls: [row()],
  events,
  costs: [{ call_id: 'call_1', usd: '0.02', lines: 2 }],
  answersBilled: 1,
  answersGiven: 1,
  witnesses: [person()],
  dials: [number],
  webhooks: hooks,
  accepted: [{ callId: 'call_1', number, kind: 'outbound', does: 'answer' }],
};

test('a storm in which all went well breaks nothing', () => {
  expect(violationsOf(well)).toEqual([]);
});

test.each<[string, Partial<Observed>, string]>([
  [
    'a room that was deleted under a person',
    { witnesses: [person({ leftBy: 'ROOM_DELETED' })] },
    'a live person is never put out by us',
  ],
  ['a minute of silence', { witnesses: [person({ leftAtMs: 90_000 })] }, 'nobody sits with nobody'],
  ['a call that goes on for ever', { calls: [row({ state: 'in_progress' })] }, 'every call that was accepted ends'],
  [
    'a call that is lost',
    { accepted: [{ ...well.accepted[0]!, callId: 'call_2' }] },
    'every call that was accepted ends',
  ],
  [
    'a phone that was offered and never taken',
    { witnesses: [person(), person({ kind: 'inbound', who: '+14155551001' })] },
    'every phone that comes in is a call',
  ],
  [
    'two ends',
    { events: [...events, { call_id: 'call_1', sequence: 4, type: 'call.ended' }] },
    'each call has one end',
  ],
  ['a second INVITE', { dials: [number, number] }, 'nobody is dialled twice'],
  [
    'a completed call without an answer',
    { calls: [row({ answered_at: null })] },
    'what nobody answered is not completed',
  ],
  [
    'a hang-up that is taken for the operator’s',
    { calls: [row({ end_reason: 'operator_hung_up' })] },
    'who hung up is recorded so',
  ],
  [
    'a busy phone that is told to have failed',
    { accepted: [{ ...well.accepted[0]!, does: 'busy' }], calls: [row({ outcome: 'failed' })] },
    'a busy phone is busy',
  ],
  ['a gap between events', { events: [events[0]!, events[2]!] }, 'events are told once and in order'],
  [
    'a cost that is counted twice',
    { costs: [{ call_id: 'call_1', usd: '0.04', lines: 4 }] },
    'every cost is written once',
  ],
  ['answers that nobody billed', { answersBilled: 0, answersGiven: 20 }, 'every cost is written once'],
  [
    'a call that is queued twice at once',
    { events: [events[0]!, ...events].map((event, index) => ({ ...event, sequence: index + 1 })) },
    'events are told once and in order',
  ],
  ['more billed than was given', { answersBilled: 2 }, 'every cost is written once'],
  ['no final webhook', { webhooks: hooks.slice(0, 1) }, 'every final webhook comes once and in order'],
  ['webhooks the wrong way round', { webhooks: hooks.toReversed() }, 'every final webhook comes once and in order'],
])('%s is found', (_what, change, rule) => {
  expect(violationsOf({ ...well, ...change }).map((violation) => violation.rule)).toContain(rule);
});
