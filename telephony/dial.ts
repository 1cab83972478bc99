import type { SipClient } from 'livekit-server-sdk';
import { type DialOutcome, dialOutcome } from './dial-outcome.ts';
import type { SipCallStatus } from './sip-attributes.ts';

export type DialRequest = {
  /** LiveKit outbound trunk, `ST_…`. */
  trunkId: string;
  /** E.164 of the person called, and of the number shown to them. */
  to: string;
  from?: string;
  room: string;
  /** Identity of the leg in the room. */
  identity: string;
  /** 5–75: LiveKit ends a request that waits for an answer after 80 s. */
  ringSeconds: number;
  /** A second belt only: measured, livekit-sip does not enforce it. */
  maxCallSeconds: number;
  attributes?: Record<string, string>;
};

/**
 * Rings a phone from inside the room and resolves when it is answered or it is certain that it was not. Never throws, and never
 * dials a second time: a lost answer is `unknown`, and it is for the caller to look at the room.
 * `lastStatus` reads the leg's newest `sip.callStatus`; `signal` gives up, and the caller then removes the leg.
 */
export async function dial(
  sip: SipClient,
  request: DialRequest,
  watch: { lastStatus(): SipCallStatus | undefined; signal: AbortSignal },
): Promise<DialOutcome> {
  const { ringSeconds } = request;
  const askedAtMs = performance.now();
  let error: unknown;
  try {
    await sip.createSipParticipant(request.trunkId, request.to, request.room, {
      participantIdentity: request.identity,
      participantName: request.to,
      participantAttributes: request.attributes ?? {},
      ...(request.from ? { fromNumber: request.from } : {}),
      // Seconds travel as integers: a fraction makes the client throw, and 0 would mean "no limit".
      ringingTimeout: Math.max(1, Math.round(ringSeconds)),
      maxCallDuration: Math.max(1, Math.ceil(request.maxCallSeconds)),
      waitUntilAnswered: true,
      timeout: Math.round(ringSeconds) + 5,
    });
    return { kind: 'answered', detail: 'the carrier reported the answer' };
  } catch (thrown) {
    error = thrown;
  }
  return dialOutcome({
    error,
    lastStatus: watch.lastStatus(),
    // livekit-sip's clock began a little later than ours, and rounds.
    rangOut: performance.now() - askedAtMs > (ringSeconds - 1) * 1000,
    canceledByUs: watch.signal.aborted,
  });
}
