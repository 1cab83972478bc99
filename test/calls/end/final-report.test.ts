import { expect, test } from 'vitest';
import type { Call } from '../../../src/calls/call.ts';
import { finalReport } from '../../../src/calls/end/final-report.ts';
import { usdText, usdUnits } from '../../../src/calls/usd.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 4, 4, 12, 0, seconds));
const call: Call = {
  id: 'call_1',
  tenantId: 'tenant_a',
  direction: 'outbound',
  state: 'ended',
  agent: 'reminder',
  pipeline: 'embedded',
  pipelineOverrides: {},
  phoneNumber: '+14155550123',
  fromNumber: '+14155550100',
  trunkId: 'ST_x',
  room: null,
  leadId: null,
  playbook: null,
  variables: {},
  metadata: {},
  limits: {},
  outcome: 'busy',
  endReason: 'busy',
  hungUpBy: 'callee',
  attempt: 2,
  createdAt: at(0),
  dialedAt: at(10),
  answeredAt: null,
  endedAt: at(13),
  costUsd: '0',
  report: null,
};
const nothing = { turns: [], costs: [], attempts: [], recordings: [], messages: [], events: [] };

test('of a call that nobody answered tells each attempt and how long it rang', () => {
  const attempts = [1, 2].map((attempt) => ({
    attempt,
    dialedAt: at(attempt),
    answeredAt: null,
    endedAt: at(attempt + 1),
    outcome: 'busy' as const,
    endReason: 'busy' as const,
    sipStatus: 486,
  }));
  expect(finalReport(call, { ...nothing, attempts })).toMatchObject({
    outcome: 'busy',
    fault: 'callee',
    end_reason_text: 'the line was busy',
    wait_ms: 10_000,
    ring_ms: 3_000,
    duration_ms: null,
    answered_at: null,
    attempts: [
      { attempt: 1, sip_status: 486 },
      { attempt: 2, dialed_at: '2026-05-04T12:00:02.000Z' },
    ],
    transcript: [],
    tool_calls: [],
    cost_usd: '0',
  });
});

test('of an answered call counts ringing and talking apart', () => {
  const answered = { ...call, answeredAt: at(12), report: { greeting_ms: 90, agent_version: 'abc' } };
  expect(finalReport(answered, nothing)).toMatchObject({
    ring_ms: 2_000,
    duration_ms: 1_000,
    greeting_ms: 90,
    agent_version: 'abc',
  });
});

test('leaves out what was erased', () => {
  const events = [{ callId: call.id, sequence: 1, type: 'tool.called' as const, at: at(1), data: {} }];
  expect(finalReport({ ...call, phoneNumber: null }, { ...nothing, events })).toMatchObject({
    phone_number: null,
    tool_calls: [],
  });
});

test.each([
  ['0.1', '0.2', '0.3'],
  ['0.000001', '12', '12.000001'],
  ['0', '0', '0'],
])('%s and %s dollars are exactly %s', (one, other, sum) => {
  expect(usdText(usdUnits(one) + usdUnits(other))).toBe(sum);
});
