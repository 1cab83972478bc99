import type { LocalParticipant } from '@livekit/rtc-node';

/** Codes of RFC 4733: digits are themselves, then * # A B C D. */
const codes = '0123456789*#ABCD';

/** Keys a phone has; `w` waits half a second. */
export const dtmfPattern = /^[0-9*#ABCDw]{1,64}$/;

/**
 * Presses keys into the call, one every 300 ms, the pace that menus understand.
 * @throws RangeError when a character is no key
 */
export async function sendDtmf(participant: LocalParticipant, digits: string, signal: AbortSignal): Promise<void> {
  if (!dtmfPattern.test(digits))
    throw new RangeError('DTMF is 1–64 of 0–9, *, #, A–D, and w for a wait of half a second.');
  for (const digit of digits) {
    if (signal.aborted) return;
    if (digit !== 'w') await participant.publishDtmf(codes.indexOf(digit), digit);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, digit === 'w' ? 500 : 300);
      signal.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}
