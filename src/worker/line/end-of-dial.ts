import type { DialOutcome, DialOutcomeKind, NotDialledReason } from '../../../telephony/index.ts';
import type { HungUpBy } from '../../calls/call-state.ts';
import type { EndReason } from '../../calls/end/end-reason.ts';
import type { LegAnswer } from './leg.ts';

const endings = {
  busy: ['busy', 'callee'],
  no_answer: ['ring_timeout', 'parley'],
  declined: ['declined', 'callee'],
  number_not_found: ['number_not_found', 'carrier'],
  number_unavailable: ['number_unavailable', 'carrier'],
  trunk_unreachable: ['trunk_unreachable', 'parley'],
  trunk_rejected: ['trunk_rejected', 'carrier'],
  carrier_error: ['carrier_error', 'carrier'],
  canceled: ['canceled_before_answer', 'operator'],
  unknown: ['dial_outcome_unknown', 'parley'],
} as const satisfies Record<Exclude<DialOutcomeKind, 'answered' | 'not_dialled'>, [EndReason, HungUpBy]>;

const notDialled = {
  no_sip_service: 'sip_not_running',
  sip_overloaded: 'sip_overloaded',
  trunk_unreachable: 'trunk_unreachable',
} as const satisfies Record<NotDialledReason, EndReason>;

/** What a phone comes to that was not answered, at this moment; one that was answered, and is gone, was hung up. */
export function endOfDial({ kind, because, sipStatus, detail }: DialOutcome, at: Date): LegAnswer {
  if (kind === 'answered') return { ended: { reason: 'caller_hung_up', hungUpBy: 'callee', at } };
  if (kind === 'not_dialled')
    return { notDialled: { reason: notDialled[because ?? 'no_sip_service'], hungUpBy: 'parley', detail, at } };
  const [reason, hungUpBy] = endings[kind];
  // A 487 that we did not ask for with CANCEL comes from the far end.
  const by = kind === 'no_answer' && sipStatus !== undefined ? 'carrier' : hungUpBy;
  return { ended: { reason, hungUpBy: by, detail, at, ...(sipStatus !== undefined && { sipStatus }) } };
}
