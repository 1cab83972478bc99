import { setTimeout as sleep } from 'node:timers/promises';
import type { SipClient } from 'livekit-server-sdk';
import { type Leg, type LegContext, noteAnswered } from './leg.ts';
import { aborted, handOver, pressKeys, watchPhone } from './phone.ts';

/** livekit-sip answers when it sees our track; a phone that is not answered by then is one it has lost. */
const answerSeconds = 30;

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
      const { room, signal } = given;
      const phone = watchPhone(room);
      const stopped = aborted(signal);
      const late = new AbortController();
      try {
        const identity = await Promise.race([
          phone.active,
          phone.participant ? phone.left : undefined,
          stopped.promise,
          sleep(answerSeconds * 1000, undefined, { signal: late.signal }).catch(() => undefined),
        ]);
        if (!identity) return { ended: { reason: 'caller_hung_up', hungUpBy: 'caller' } };
        const at = new Date();
        noteAnswered(given, at);
        return { identity, at };
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
