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
  /** No INVITE was sent, so no phone rang: the same call may be dialled again. */
  | 'not_dialled'
  | 'carrier_error'
  | 'canceled'
  /** Nobody could be asked what came of it: the phone may or may not be ringing. */
  | 'unknown';

/** What kept an INVITE from being sent. */
export type NotDialledReason =
  /** No livekit-sip took the request. */
  | 'no_sip_service'
  /** livekit-sip is over its own CPU limit, or stopping, and refuses calls. */
  | 'sip_overloaded'
  /** The name service does not know the trunk's host, or nothing takes its connections. */
  | 'trunk_unreachable';

export type DialOutcome = {
  kind: DialOutcomeKind;
  /** With `not_dialled`. */
  because?: NotDialledReason;
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
  /** livekit-sip said as it left that the phone was not to be reached: its ring time was over, or the carrier said no. */
  leftUnavailable?: boolean;
  /** The ring time that was asked for was over when the error came. */
  rangOut?: boolean;
  /** True when we ended the leg ourselves. */
  canceledByUs: boolean;
};

/** Joins the API's error and the last status of the leg to one outcome. A leg that left without a word of either is `unknown`. */
export function dialOutcome(evidence: DialEvidence): DialOutcome {
  const { lastStatus } = evidence;
  if (lastStatus === 'active' || lastStatus === 'hangup') return { kind: 'answered', detail: 'the leg became active' };
  if (evidence.canceledByUs) return { kind: 'canceled', detail: 'canceled before the answer' };
  const { sipStatus, twirpCode, text } = readError(evidence.error);
  if (sipStatus !== undefined) return { ...bySipStatus(sipStatus, text), sipStatus };
  const because = whyNotDialled(text, lastStatus);
  if (because) return { kind: 'not_dialled', because, detail: `${notDialled[because]}: ${text}` };
  // A ring that times out is no SIP status: livekit-sip sends CANCEL, answers `canceled` without metadata, and leaves. The same
  // code before that time is a lost answer, and the phone rings on.
  const over = (twirpCode === 'canceled' && evidence.rangOut) || evidence.leftUnavailable;
  if (over && lastStatus === 'ringing') return { kind: 'no_answer', detail: 'it rang, and nobody answered in time' };
  if ((over && lastStatus === 'dialing') || noResponse.test(text))
    return { kind: 'trunk_unreachable', detail: "the trunk's address gave no answer to the call" };
  if (twirpCode === 'not_found') return { kind: 'trunk_rejected', detail: `LiveKit knows no such trunk: ${text}` };
  if (twirpCode === 'invalid_argument' || twirpCode === 'malformed')
    return { kind: 'trunk_rejected', detail: `LiveKit refused the request: ${text}` };
  if (twirpCode === 'unauthenticated' || twirpCode === 'permission_denied')
    return { kind: 'trunk_rejected', detail: `LiveKit refused the key: ${text}` };
  return { kind: 'unknown', detail: text || 'the leg left without a word of the carrier' };
}

const notDialled = {
  no_sip_service: 'LiveKit has no SIP service that runs',
  sip_overloaded: 'livekit-sip is overloaded and refuses calls',
  trunk_unreachable: "the trunk's address could not be reached",
} as const satisfies Record<NotDialledReason, string>;

/** livekit-sip gave up by the timer of the INVITE (RFC 3261 §17.1.1.2, timer B), having heard nothing at all. */
const noResponse = /transaction failed to complete \(0 /i;

/**
 * Refusals that come before any INVITE, by the words of livekit-server 1.11 (without Redis, and with Redis while no livekit-sip
 * claims the request; once one has claimed it, a lost answer reads otherwise), of livekit-sip, and of Go's resolver and dialler.
 * The leg is in the room before the INVITE is sent, but it never rings.
 */
function whyNotDialled(text: string, lastStatus: SipCallStatus | undefined): NotDialledReason | undefined {
  if (!lastStatus && /sip not connected|no response from servers/i.test(text)) return 'no_sip_service';
  if (!lastStatus && /cpu exhausted/i.test(text)) return 'sip_overloaded';
  if (lastStatus !== 'ringing' && /\blookup \S|no such host|\bdial (?:tcp|udp)\b/i.test(text))
    return 'trunk_unreachable';
  return undefined;
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
