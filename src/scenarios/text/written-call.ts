import type { Call } from '../../calls/call.ts';
import { newId } from '../../calls/new-id.ts';
import type { Scenario } from '../file/scenario-schema.ts';

/** The row that a call in writing would have. */
export function writtenCall(
  {
    agent,
    ...call
  }: { agent: string } & Pick<Scenario['call'], 'direction' | 'phone_number' | 'playbook' | 'variables'>,
  at: Date,
): Call {
  return {
    id: newId('call'),
    tenantId: 'test',
    direction: call.direction ?? 'inbound',
    state: 'in_progress',
    agent,
    pipeline: 'auto',
    pipelineOverrides: {},
    phoneNumber: call.direction === 'web' ? null : call.phone_number === undefined ? '+14155550111' : call.phone_number,
    fromNumber: call.direction === 'web' ? null : '+14155550100',
    trunkId: null,
    room: null,
    leadId: null,
    playbook: call.playbook ?? null,
    variables: call.variables ?? {},
    metadata: {},
    limits: {},
    outcome: null,
    endReason: null,
    hungUpBy: null,
    attempt: 1,
    createdAt: at,
    dialedAt: null,
    answeredAt: at,
    endedAt: null,
    costUsd: '0',
    report: null,
  };
}
