import { expect, test } from 'vitest';
import { callEventTypes } from '../../../src/calls/call.ts';
import { eventData } from '../../../src/calls/webhooks/event-data.ts';

const turn = { index: 2, role: 'agent', text: 'Hello.', startedMs: 10, endedMs: 900, interrupted: false };

test.each([
  [
    'turn.agent',
    { ...turn, latency: { sttMs: 1, totalMs: 700 } },
    {
      index: 2,
      role: 'agent',
      text: 'Hello.',
      started_ms: 10,
      ended_ms: 900,
      interrupted: false,
      latency: { stt_ms: 1, total_ms: 700 },
    },
  ],
  ['turn.latency', { index: 3, latency: { endOfTurnMs: 5 } }, { index: 3, latency: { end_of_turn_ms: 5 } }],
  [
    'tool.called',
    { name: 'book', arguments: { dayOfWeek: 'Monday' }, ok: true, atMs: 2600 },
    { name: 'book', arguments: { dayOfWeek: 'Monday' }, ok: true, at_ms: 2600 },
  ],
  ['call.ended', { end_reason: 'busy' }, { end_reason: 'busy' }],
] as const)('%s is told in snake_case, and what callers and models said stays as it is', (type, kept, told) => {
  expect(eventData({ type, data: kept })).toEqual(told);
});

test.each(callEventTypes)('%s of an erased call tells nothing', (type) => {
  expect(eventData({ type, data: {} })).toEqual({});
});
