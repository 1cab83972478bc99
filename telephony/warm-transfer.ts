import type { RoomServiceClient, SipClient } from 'livekit-server-sdk';
import { dial } from './dial.ts';
import type { SipCallStatus } from './sip-attributes.ts';
import type { TransferOutcome } from './transfer.ts';

/** Identity of somebody who is called into a call that is under way. */
export const consultIdentity = 'consult';

/** Who hears whom, by the tracks of the room: what each of two phones is subscribed to, and what it is not. */
export type Hearing = { identity: string; hears: readonly string[]; hearsNot: readonly string[] };

/** The leg of whoever is called, as its room shows it. */
export type ConsultLeg = {
  lastStatus(): SipCallStatus | undefined;
  /** Resolves when it hears us. */
  active: Promise<unknown>;
  /** Resolves when it has left. */
  left: Promise<unknown>;
};

export type WarmTransfer = {
  room: string;
  /** Identity of the new leg. */
  identity: string;
  /** LiveKit outbound trunk, `ST_…`. */
  trunkId: string;
  to: string;
  from?: string;
  ringSeconds: number;
  maxCallSeconds: number;
};

/**
 * A warm transfer where livekit-server cannot move participants between rooms, which only LiveKit's cloud can: somebody is
 * called into the room of the caller, and the subscriptions of the two phones decide who hears whom. `hearing` tells, before
 * they are connected and after, from the tracks that are there at the moment. livekit-sip subscribes a phone to whatever is
 * published, so before it is asked again and again.
 */
export async function warmTransfer(
  clients: { sip: SipClient; rooms: RoomServiceClient },
  request: WarmTransfer,
  on: {
    leg: ConsultLeg;
    hearing: (stage: 'apart' | 'together') => Hearing[];
    /** Speaks to whoever answered, who alone hears it. */
    brief: () => Promise<void>;
    /** Gives up: the caller has left. */
    signal: AbortSignal;
  },
): Promise<TransferOutcome> {
  const { room, identity } = request;
  const { leg, signal } = on;
  const apart = keep(clients.rooms, room, () => on.hearing('apart'));
  const hangUp = () => clients.rooms.removeParticipant(room, identity).catch(() => undefined);
  const stopped = new Promise<'stopped'>((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  const left = leg.left.then(() => 'left' as const);
  try {
    await apart.settled;
    if (signal.aborted) return { kind: 'refused', detail: 'the caller hung up' };
    const dialled = dial(clients.sip, request, { lastStatus: () => leg.lastStatus(), signal });
    const answered = await Promise.race([dialled, stopped]);
    if (answered === 'stopped') {
      void dialled.finally(() => void hangUp());
      await hangUp();
      return { kind: 'refused', detail: 'the caller hung up' };
    }
    if (answered.kind !== 'answered') {
      await hangUp();
      const { sipStatus, detail } = answered;
      return { kind: 'refused', detail, ...(sipStatus !== undefined && { sipStatus }) };
    }
    const heard = await Promise.race([leg.active.then(() => on.brief()), left, stopped]);
    if (heard === 'left') return { kind: 'refused', detail: 'whoever answered hung up during the briefing' };
    if (heard === 'stopped') {
      await hangUp();
      return { kind: 'refused', detail: 'the caller hung up' };
    }
    apart.stop();
    await apply(clients.rooms, room, on.hearing('together'));
    return { kind: 'transferred' };
  } catch (error) {
    await hangUp();
    return { kind: 'refused', detail: error instanceof Error ? error.message : 'the transfer failed' };
  } finally {
    apart.stop();
  }
}

const keepEveryMs = 200;

/** Sets who hears whom over and over until stopped. `settled`: it was set once. */
function keep(rooms: RoomServiceClient, room: string, hearing: () => Hearing[]) {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const once = () => apply(rooms, room, hearing());
  const again = () => {
    if (stopped) return;
    timer = setTimeout(
      () =>
        void once()
          .catch(() => undefined)
          .finally(again),
      keepEveryMs,
    );
  };
  const settled = once().finally(again);
  return {
    settled,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

async function apply(rooms: RoomServiceClient, room: string, hearing: readonly Hearing[]): Promise<void> {
  const set = async (identity: string, tracks: readonly string[], subscribe: boolean) => {
    if (tracks.length > 0) await rooms.updateSubscriptions(room, identity, [...tracks], subscribe);
  };
  await Promise.all(
    hearing.flatMap(({ identity, hears, hearsNot }) => [set(identity, hearsNot, false), set(identity, hears, true)]),
  );
}
