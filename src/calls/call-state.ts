/**
 * The life of a call, as a table. Every change of state is one compare-and-set `UPDATE … WHERE state IN (from)` with one
 * `call_events` row in the same transaction, so two processes can never both win it.
 */
export const callStates = ['scheduled', 'queued', 'dispatching', 'dialing', 'ringing', 'in_progress', 'ended'] as const;
export type CallState = (typeof callStates)[number];

/** From each state, the states it may go to. Inbound and web calls are inserted as `in_progress`. */
export const transitions = {
  scheduled: ['queued', 'ended'],
  queued: ['dispatching', 'scheduled', 'ended'],
  dispatching: ['dialing', 'queued', 'scheduled', 'ended'],
  dialing: ['ringing', 'in_progress', 'scheduled', 'ended'],
  ringing: ['in_progress', 'scheduled', 'ended'],
  in_progress: ['scheduled', 'ended'],
  ended: [],
} as const satisfies Record<CallState, readonly CallState[]>;

/** The states from which `to` may be entered. */
export function statesBefore(to: CallState): CallState[] {
  return callStates.filter((from) => (transitions[from] as readonly CallState[]).includes(to));
}

/** States in which a phone may be ringing or a person may be on the line, so that a redial could reach somebody twice. */
export const liveStates = ['dialing', 'ringing', 'in_progress'] as const satisfies readonly CallState[];

/** What came of a call. */
export const outcomes = [
  'completed',
  'busy',
  'no_answer',
  'declined',
  'invalid_number',
  'unreachable',
  'machine',
  'canceled',
  'blocked',
  'failed',
  'unknown',
] as const;
export type Outcome = (typeof outcomes)[number];

export const hungUpBy = ['caller', 'callee', 'agent', 'operator', 'carrier', 'parley'] as const;
export type HungUpBy = (typeof hungUpBy)[number];
