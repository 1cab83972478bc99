import type { SipClient } from 'livekit-server-sdk';

export type TransferOutcome =
  | { kind: 'transferred' }
  /** The far end refused or ignored the transfer; the call goes on where it was. */
  | { kind: 'refused'; sipStatus?: number; detail: string };

/**
 * Hands the caller to another number by SIP REFER (blind transfer). The trunk must allow it: on Twilio, "Call Transfer (SIP
 * REFER)" with PSTN. After success livekit-sip ends its own leg within about a second. `to` is E.164.
 */
export async function transfer(
  sip: SipClient,
  leg: { room: string; identity: string },
  request: { to: string; ringSeconds: number },
): Promise<TransferOutcome> {
  const seconds = Math.max(1, Math.round(request.ringSeconds));
  try {
    await sip.transferSipParticipant(leg.room, leg.identity, `tel:${request.to}`, {
      ringingTimeout: seconds,
      timeout: seconds + 5,
    });
    return { kind: 'transferred' };
  } catch (error) {
    const { metadata, message } = error as { metadata?: Record<string, string>; message?: string };
    const status = Number(metadata?.['sip_status_code']);
    return {
      kind: 'refused',
      ...(status > 0 ? { sipStatus: status } : {}),
      detail: metadata?.['sip_status'] ?? message ?? 'the transfer failed',
    };
  }
}
