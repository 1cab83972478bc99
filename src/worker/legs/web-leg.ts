import { ParticipantKind, type RemoteParticipant, type Room, RoomEvent } from '@livekit/rtc-node';
import type { Leg, LegAnswer, LegContext } from './leg.ts';

const joinSeconds = 30;

/** A browser: it comes into the room by itself, and hears us once it has subscribed to our track. */
export function webLeg(options: { joinSeconds?: number } = {}): Leg {
  return {
    showsEvents: true,
    answer: async ({ room, publication, signal }: LegContext): Promise<LegAnswer> => {
      const waiting = new AbortController();
      const until = AbortSignal.any([
        signal,
        waiting.signal,
        AbortSignal.timeout((options.joinSeconds ?? joinSeconds) * 1000),
      ]);
      const absent = Promise.withResolvers<undefined>();
      const onAbort = () => absent.resolve(undefined);
      until.addEventListener('abort', onAbort, { once: true });
      try {
        const listening = publication.waitForSubscription().then(() => personIn(room, until));
        const participant = await Promise.race([listening, absent.promise]);
        return participant ? { participant } : { ended: { reason: 'caller_never_joined', hungUpBy: 'caller' } };
      } finally {
        until.removeEventListener('abort', onAbort);
        waiting.abort();
      }
    },
  };
}

/** The first person in the room, now or later; undefined when `signal` aborts first. */
function personIn(room: Room, signal: AbortSignal): Promise<RemoteParticipant | undefined> {
  const isPerson = (participant: RemoteParticipant) => participant.info.kind === ParticipantKind.STANDARD;
  const present = [...room.remoteParticipants.values()].find(isPerson);
  if (present || signal.aborted) return Promise.resolve(present);
  return new Promise((resolve) => {
    const onJoin = (participant: RemoteParticipant) => {
      if (isPerson(participant)) settle(participant);
    };
    const onAbort = () => settle(undefined);
    const settle = (participant: RemoteParticipant | undefined) => {
      room.off(RoomEvent.ParticipantConnected, onJoin);
      signal.removeEventListener('abort', onAbort);
      resolve(participant);
    };
    room.on(RoomEvent.ParticipantConnected, onJoin);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
