import type { Call } from '../../src/calls/call.ts';

/** A call that a person made, with single fields replaced. */
export function aCallRow(fields: Partial<Call> = {}): Call {
  return {
    id: 'call_7',
    tenantId: 'tenant',
    direction: 'inbound',
    state: 'in_progress',
    agent: 'receptionist',
    pipeline: 'cloud',
    pipelineOverrides: {},
    phoneNumber: '+14155550111',
    fromNumber: '+14155550100',
    trunkId: null,
    room: null,
    leadId: null,
    playbook: null,
    variables: {},
    metadata: {},
    limits: {},
    outcome: null,
    endReason: null,
    hungUpBy: null,
    attempt: 1,
    createdAt: new Date(0),
    dialedAt: null,
    answeredAt: null,
    endedAt: null,
    costUsd: '0',
    report: null,
    ...fields,
  };
}
