import type { SipClient } from 'livekit-server-sdk';
import { mediaLost } from '../call/ending.ts';
import { later } from './later.ts';
import { type Leg, type LegContext, noteAnswered } from './leg.ts';
import { aborted, handOver, pressKeys, watchPhone } from './phone.ts';

/** livekit-sip answers when it sees our track; a phone that is not answered by then is one it has lost. */
const answerSeconds = 30;
/** The phone is there before us, or has given up. */
const lookMs = 1_000;

/**
 * A phone that called us. It rings until our track is published, which the session does when everything is ready; here the
 * moment is awaited from which it hears us.
 */
export function inboundLeg(line: { sip: SipClient }): Leg {
  let context: LegContext | undefined;
  return {
    showsEvents: false,
    answer: async (given) => {
      context = given;
      const { room, signal, log } = given;
      const phone = watchPhone(room, { log });
      const stopped = aborted(signal);
      const late = new AbortController();
      try {
        const met = await Promise.race([
          phone.active,
          phone.left,
          phone.neverCame(lookMs),
          stopped.promise,
          later(answerSeconds * 1000, late.signal).then(() => 'late' as const),
        ]);
        if (met === 'late') return { ended: { ...mediaLost, at: new Date() } };
        if (!met || 'reason' in met)
          return { ended: { reason: 'caller_hung_up', hungUpBy: 'caller', at: met?.at ?? new Date() } };
        noteAnswered(given, met.at);
        return met;
      } finally {
        late.abort();
        stopped.stop();
        phone.stop();
      }
    },
    sendDtmf: (digits) => {
      if (context) void pressKeys(context.room, { ...context, digits });
    },
    transfer: async (to) => {
      if (!context) return { kind: 'refused', detail: 'nobody is on the line' };
      return handOver(line.sip, { room: context.room, to });
    },
  };
}
