/**
 * Where a leg stands, as livekit-sip writes it on its participant. `automation` is answered with keys being sent. A number
 * that sends no ringing jumps from `dialing` to `active`: never wait for a state in between.
 */
export type SipCallStatus = 'dialing' | 'ringing' | 'automation' | 'active' | 'hangup';

export type SipAttributes = {
  status: SipCallStatus | undefined;
  /** LiveKit's id of the leg, `SCL_…`. */
  callId: string | undefined;
  trunkId: string | undefined;
  /** Set on inbound legs only. */
  ruleId: string | undefined;
  /** E.164 of the far end. */
  phoneNumber: string | undefined;
  /** E.164 of our side: the number that was called, or from which is dialled. */
  trunkPhoneNumber: string | undefined;
};

/** Reads the `sip.*` attributes of a participant of kind SIP; unknown values count as absent. */
export function readSipAttributes(attributes: Readonly<Record<string, string>>): SipAttributes {
  const status = attributes['sip.callStatus'];
  return {
    status: statuses.find((known) => known === status),
    callId: attributes['sip.callID'],
    trunkId: attributes['sip.trunkID'],
    ruleId: attributes['sip.ruleID'] || undefined,
    phoneNumber: attributes['sip.phoneNumber'],
    trunkPhoneNumber: attributes['sip.trunkPhoneNumber'],
  };
}

const statuses = ['dialing', 'ringing', 'automation', 'active', 'hangup'] as const satisfies readonly SipCallStatus[];
