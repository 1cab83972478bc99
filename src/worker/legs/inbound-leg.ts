import { setTimeout as sleep } from 'node:timers/promises';
import type { SipClient } from 'livekit-server-sdk';
import type { CallStore, NewEvent } from '../../calls/ports.ts';
import type { Leg, LegContext } from './leg.ts';
import { aborted, handOver, pressKeys, watchPhone } from './phone.ts';

/** livekit-sip answers when it sees our track; a phone that is not answered by then is one it has lost. */
const answerSeconds = 30;

/**
 * A phone that called us. It rings until our track is published, which the session does when everything is ready; here the
 * moment is awaited from which it hears us.
 */
export function inboundLeg(line: { sip: SipClient; calls: Pick<CallStore, 'record'> }): Leg {
  let context: LegContext | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  const note = ({ call, log }: LegContext, event: NewEvent) => {
    writing = writing
      .then(() => line.calls.record(call.id, { events: [event] }))
      .catch((error: unknown) => log('warn', 'what happened in the call could not be written', { error }));
  };
  return {
    showsEvents: false,
    answer: async (given) => {
      context = given;
      const { call, room, signal } = given;
      const resumed = call.answeredAt !== null;
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
        if (!resumed) note(given, { type: 'call.answered' });
        return { identity };
      } finally {
        late.abort();
        stopped.stop();
        phone.stop();
      }
    },
    settled: async () => void (await writing),
    sendDtmf: (digits) => {
      if (context) void pressKeys(context.room, { ...context, digits });
    },
    transfer: async (to) => {
      if (!context) return { kind: 'refused', detail: 'nobody is on the line' };
      const outcome = await handOver(line.sip, { room: context.room, to });
      if (outcome.kind === 'transferred') note(context, { type: 'call.transferred', data: { to } });
      return outcome;
    },
  };
}
