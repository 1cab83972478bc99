import { setTimeout as sleep } from 'node:timers/promises';
import { ParticipantKind } from '@livekit/rtc-node';
import type { Call } from '../../calls/call.ts';
import { isSupervisor } from '../../calls/supervise/supervisor.ts';
import { type Leg, type LegAnswer, type LegContext, noteAnswered } from './leg.ts';

const joinSeconds = 30;
/** Somebody who was cut off and is not there by then has left. */
const returnSeconds = 8;
const askAgainMs = 300;

/** A browser: it comes into the room by itself, and hears us once it has subscribed to our track. */
export function webLeg(
  options: {
    /** Whether there is a place for the call now that somebody is there; without it there always is. */
    takePlace?: (call: Call) => Promise<boolean>;
    joinSeconds?: number;
  } = {},
): Leg {
  return {
    showsEvents: true,
    answer: async (context: LegContext): Promise<LegAnswer> => {
      const longestSeconds = options.joinSeconds ?? joinSeconds;
      const over = new AbortController();
      const late = AbortSignal.any([context.signal, over.signal, AbortSignal.timeout(longestSeconds * 1000)]);
      if (context.resumed) void isGone(context, over.signal).then((gone) => gone && over.abort());
      const absent = Promise.withResolvers<undefined>();
      const onAbort = () => absent.resolve(undefined);
      late.addEventListener('abort', onAbort, { once: true });
      try {
        const listening = context.publication.waitForSubscription().then(() => personIn(context, late));
        const identity = await Promise.race([listening, absent.promise]);
        if (identity !== undefined) {
          if (!(await (options.takePlace?.(context.call) ?? true)))
            return { ended: { reason: 'blocked_by_rule', hungUpBy: 'parley', rule: 'concurrent_calls' } };
          const at = new Date();
          noteAnswered(context, at);
          return { identity, at };
        }
        const reason = context.resumed ? 'caller_hung_up' : 'caller_never_joined';
        return { ended: { reason, hungUpBy: 'caller' } };
      } finally {
        late.removeEventListener('abort', onAbort);
        over.abort();
      }
    },
  };
}

/** Whether somebody who was cut off is not there after a while; who is may take longer to hear us. */
async function isGone({ room, rooms }: LegContext, signal: AbortSignal): Promise<boolean> {
  await sleep(returnSeconds * 1000, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) return false;
  const present = await rooms.participants(room.name ?? '').catch(() => undefined);
  return present !== undefined && !present.some(({ kind }) => kind === 'standard');
}

/** Who is in the room besides agents and recorders; asked again until somebody is. */
async function personIn({ room, rooms }: LegContext, signal: AbortSignal): Promise<string | undefined> {
  while (!signal.aborted) {
    const announced = [...room.remoteParticipants.values()].find(
      ({ info, identity }) => info.kind === ParticipantKind.STANDARD && !isSupervisor(identity),
    );
    if (announced) return announced.identity;
    const present = await rooms.participants(room.name ?? '');
    const person = present.find(({ kind }) => kind === 'standard');
    if (person) return person.identity;
    await sleep(askAgainMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
