import type { DialOutcome, DialOutcomeKind } from '../../../telephony/index.ts';
import type { HungUpBy } from '../../calls/call-state.ts';
import type { EndReason } from '../../calls/end/end-reason.ts';
import type { EndCause } from '../call/ending.ts';

const endings = {
  busy: ['busy', 'callee'],
  no_answer: ['ring_timeout', 'parley'],
  declined: ['declined', 'callee'],
  number_not_found: ['number_not_found', 'carrier'],
  number_unavailable: ['number_unavailable', 'carrier'],
  trunk_unreachable: ['trunk_unreachable', 'parley'],
  trunk_rejected: ['trunk_rejected', 'carrier'],
  sip_not_running: ['sip_not_running', 'parley'],
  carrier_error: ['carrier_error', 'carrier'],
  canceled: ['canceled_before_answer', 'operator'],
  unknown: ['dial_outcome_unknown', 'parley'],
} as const satisfies Record<Exclude<DialOutcomeKind, 'answered'>, [EndReason, HungUpBy]>;

/** How a call ends whose phone was not answered; one that was answered, and is gone, was hung up. */
export function endOfDial({ kind, sipStatus, detail }: DialOutcome): EndCause {
  if (kind === 'answered') return { reason: 'caller_hung_up', hungUpBy: 'callee' };
  const [reason, hungUpBy] = endings[kind];
  return { reason, hungUpBy, detail, ...(sipStatus !== undefined && { sipStatus }) };
}
