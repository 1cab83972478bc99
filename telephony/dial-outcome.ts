import type { SipCallStatus } from './sip-attributes.ts';

/** What came of dialling a number, before anybody spoke. */
export type DialOutcomeKind =
  | 'answered'
  | 'busy'
  | 'no_answer'
  | 'declined'
  | 'number_not_found'
  | 'number_unavailable'
  | 'trunk_unreachable'
  | 'trunk_rejected'
  /** No livekit-sip took the request: nothing was dialled. */
  | 'sip_not_running'
  | 'carrier_error'
  | 'canceled'
  /** LiveKit itself could not be asked: the phone may or may not be ringing. */
  | 'unknown';

export type DialOutcome = {
  kind: DialOutcomeKind;
  /** The carrier's final SIP status, where there was one. */
  sipStatus?: number;
  /** For the operator's log and the call's record. */
  detail: string;
};

/** What is known when a dial did not reach an answer. The API's error and the leg's leaving arrive in any order. */
export type DialEvidence = {
  /** What `createSipParticipant` threw; undefined when only the leg left the room. */
  error?: unknown;
  /** The last `sip.callStatus` seen on the leg; undefined when it never joined. */
  lastStatus?: SipCallStatus | undefined;
  /** True when we ended the leg ourselves. */
  canceledByUs: boolean;
};

/**
 * Joins the API's error and the last status of the leg to one outcome. The disconnect reason is no evidence: livekit-sip
 * gives the same one for busy, declined, unanswered and hung up.
 */
export function dialOutcome(evidence: DialEvidence): DialOutcome {
  if (evidence.lastStatus === 'active' || evidence.lastStatus === 'hangup')
    return { kind: 'answered', detail: 'the leg became active' };
  if (evidence.canceledByUs) return { kind: 'canceled', detail: 'canceled before the answer' };
  const { sipStatus, twirpCode, text } = readError(evidence.error);
  if (!evidence.lastStatus && hasNoSipService(text))
    return { kind: 'sip_not_running', detail: `LiveKit has no SIP service that runs: ${text}` };
  if (sipStatus !== undefined) return { ...bySipStatus(sipStatus, text), sipStatus };
  // A ring that times out is no SIP status: LiveKit sends CANCEL and answers `canceled` without metadata. Whether the phone
  // rang at all is only in the leg's last status.
  const timedOut = twirpCode === 'canceled' || twirpCode === 'deadline_exceeded' || evidence.error === undefined;
  if (timedOut && evidence.lastStatus === 'ringing')
    return { kind: 'no_answer', detail: 'it rang, and nobody answered in time' };
  if (timedOut && evidence.lastStatus === 'dialing')
    return { kind: 'trunk_unreachable', detail: "the trunk's address gave no answer to the call" };
  if (twirpCode === 'not_found') return { kind: 'trunk_rejected', detail: `LiveKit knows no such trunk: ${text}` };
  if (twirpCode === 'invalid_argument' || twirpCode === 'malformed')
    return { kind: 'trunk_rejected', detail: `LiveKit refused the request: ${text}` };
  if (twirpCode === 'unauthenticated' || twirpCode === 'permission_denied')
    return { kind: 'trunk_rejected', detail: `LiveKit refused the key: ${text}` };
  return { kind: 'unknown', detail: text || 'LiveKit could not be asked what came of the call' };
}

/**
 * livekit-server 1.11 without Redis, and with Redis while no livekit-sip claims the request. Once one has claimed it, a lost
 * answer reads otherwise (`request timed out`).
 */
function hasNoSipService(message: string): boolean {
  return /sip not connected|no response from servers/i.test(message);
}

function bySipStatus(status: number, text: string): Omit<DialOutcome, 'sipStatus'> {
  const detail = `SIP ${status}${text ? ` ${text}` : ''}`;
  if ([486, 600].includes(status)) return { kind: 'busy', detail };
  if ([603, 607, 608].includes(status)) return { kind: 'declined', detail };
  if ([404, 410, 484, 604].includes(status)) return { kind: 'number_not_found', detail };
  if ([408, 480].includes(status)) return { kind: 'number_unavailable', detail };
  if (status === 487) return { kind: 'no_answer', detail };
  if ([400, 401, 402, 403, 405, 406, 407, 415, 420, 488, 606].includes(status))
    return { kind: 'trunk_rejected', detail };
  return { kind: 'carrier_error', detail };
}

/** `ServerError` and `SipCallError` of livekit-server-sdk, read by shape: both carry the Twirp code and its metadata. */
function readError(error: unknown): { sipStatus: number | undefined; twirpCode: string | undefined; text: string } {
  if (typeof error !== 'object' || error === null) return { sipStatus: undefined, twirpCode: undefined, text: '' };
  const { code, metadata, message } = error as { code?: string; metadata?: Record<string, string>; message?: string };
  const status = Number(metadata?.['sip_status_code']);
  return {
    sipStatus: Number.isInteger(status) && status > 0 ? status : undefined,
    twirpCode: code,
    text: metadata?.['sip_status'] ?? message ?? '',
  };
}
