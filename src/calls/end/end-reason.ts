import type { Outcome } from '../call-state.ts';

/** Who is at fault when a call ends this way; `nobody` for an ordinary end. */
export type Fault = 'nobody' | 'caller' | 'callee' | 'agent' | 'operator' | 'carrier' | 'provider' | 'parley';

/** Every reason a call can end for: the closed list. `docs/lifecycle.md` lists the same. */
export const endReasons = {
  agent_goodbye: { fault: 'nobody', outcome: 'completed', says: 'the agent said goodbye and hung up' },
  caller_hung_up: { fault: 'nobody', outcome: 'completed', says: 'the person on the line hung up' },
  operator_hung_up: { fault: 'operator', outcome: 'completed', says: 'the call was ended through the API or the page' },
  transferred: { fault: 'nobody', outcome: 'completed', says: 'the call was handed to another number' },
  max_duration: { fault: 'nobody', outcome: 'completed', says: 'the maximum length was reached' },
  cost_limit: { fault: 'nobody', outcome: 'completed', says: 'the spend limit of the call was reached' },
  silence: { fault: 'caller', outcome: 'completed', says: 'nobody spoke, even after being asked' },
  busy: { fault: 'callee', outcome: 'busy', says: 'the line was busy' },
  ring_timeout: { fault: 'callee', outcome: 'no_answer', says: 'nobody answered before the ring time ended' },
  declined: { fault: 'callee', outcome: 'declined', says: 'the call was rejected' },
  number_not_found: { fault: 'operator', outcome: 'invalid_number', says: 'the carrier knows no such number' },
  number_unavailable: { fault: 'callee', outcome: 'unreachable', says: 'the phone could not be reached' },
  trunk_unreachable: { fault: 'carrier', outcome: 'unreachable', says: 'the SIP trunk gave no answer' },
  trunk_rejected: { fault: 'operator', outcome: 'failed', says: 'the SIP trunk refused the call' },
  sip_not_running: { fault: 'operator', outcome: 'failed', says: 'LiveKit has no SIP service that runs' },
  sip_overloaded: { fault: 'operator', outcome: 'failed', says: 'the SIP service was overloaded and refused the call' },
  carrier_error: { fault: 'carrier', outcome: 'failed', says: 'the carrier failed' },
  voicemail_hung_up: { fault: 'callee', outcome: 'machine', says: 'a machine answered, and no message was left' },
  voicemail_message_left: { fault: 'callee', outcome: 'machine', says: 'a machine answered and a message was left' },
  canceled_before_answer: { fault: 'operator', outcome: 'canceled', says: 'the call was canceled before the answer' },
  not_after_passed: { fault: 'operator', outcome: 'canceled', says: 'the time the call was allowed in had passed' },
  caller_never_joined: { fault: 'caller', outcome: 'canceled', says: 'nobody joined the room' },
  blocked_by_rule: { fault: 'operator', outcome: 'blocked', says: 'a rule of the operator forbids the call' },
  agent_not_found: { fault: 'operator', outcome: 'failed', says: 'no agent file of that name exists' },
  pipeline_not_ready: { fault: 'operator', outcome: 'failed', says: 'the pipeline could not be started' },
  stt_failed: { fault: 'provider', outcome: 'failed', says: 'speech recognition failed' },
  llm_failed: { fault: 'provider', outcome: 'failed', says: 'the language model failed' },
  tts_failed: { fault: 'provider', outcome: 'failed', says: 'speech synthesis failed' },
  no_worker: { fault: 'operator', outcome: 'failed', says: 'no worker took the call' },
  worker_lost: { fault: 'parley', outcome: 'failed', says: 'the process that ran the call died' },
  media_lost: {
    fault: 'carrier',
    outcome: 'failed',
    says: 'the sound of the call, or the connection to LiveKit, was lost',
  },
  drained: { fault: 'operator', outcome: 'completed', says: 'the worker was stopped and said goodbye' },
  dial_outcome_unknown: { fault: 'parley', outcome: 'unknown', says: 'the outcome of the dialling is not known' },
  database_restored: {
    fault: 'operator',
    outcome: 'unknown',
    says: 'the database was restored, and nobody knows what came of the call since the backup',
  },
  internal_error: { fault: 'parley', outcome: 'failed', says: 'a defect in Parley' },
} as const satisfies Record<string, { fault: Fault; outcome: Outcome; says: string }>;

export type EndReason = keyof typeof endReasons;
