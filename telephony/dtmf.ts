import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalParticipant } from '@livekit/rtc-node';

/** Codes of RFC 4733: digits are themselves, then * # A B C D. */
const codes = '0123456789*#ABCD';

/** Keys a phone has; `w` waits half a second. */
export const dtmfPattern = /^[0-9*#ABCDw]{1,64}$/;

const clock = {
  nowMs: () => performance.now(),
  wait: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

/** livekit-sip takes 540 ms for a key (measured at the phone, 2026-11). Keys that come faster queue up there and swallow the pauses. */
const keyMs = 550;
const pauseMs = 500;

/**
 * Presses keys into the call, one every 550 ms; the time that LiveKit takes to accept one is part of that.
 * @throws RangeError when a character is no key
 */
export async function sendDtmf(
  participant: Pick<LocalParticipant, 'publishDtmf'>,
  digits: string,
  signal: AbortSignal,
  { nowMs, wait } = clock,
): Promise<void> {
  if (!dtmfPattern.test(digits))
    throw new RangeError('DTMF is 1–64 of 0–9, *, #, A–D, and w for a wait of half a second.');
  let dueMs = nowMs();
  for (const digit of digits) {
    if (signal.aborted) return;
    if (digit !== 'w') await participant.publishDtmf(codes.indexOf(digit), digit);
    dueMs = Math.max(dueMs + (digit === 'w' ? pauseMs : keyMs), nowMs());
    await wait(dueMs - nowMs(), signal);
  }
}
