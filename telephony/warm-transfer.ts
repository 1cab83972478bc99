import type { RoomServiceClient, SipClient } from 'livekit-server-sdk';
import { dial } from './dial.ts';
import { type Hearing, type HearingStage, keepHearing } from './hearing.ts';
import type { SipCallStatus } from './sip-attributes.ts';
import type { TransferOutcome } from './transfer.ts';

/** Identity of somebody who is called into a call that is under way. */
export const consultIdentity = 'consult';

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
 * called into the room of the caller, and the subscriptions of the two phones decide who hears whom. `hearing` tells what is
 * wanted at each stage, from the tracks that are there at the moment.
 */
export async function warmTransfer(
  clients: { sip: SipClient; rooms: RoomServiceClient },
  request: WarmTransfer,
  on: {
    leg: ConsultLeg;
    hearing: (stage: HearingStage) => Hearing[];
    /** Speaks to whoever answered, who alone hears it. */
    brief: () => Promise<void>;
    /** Gives up: the caller has left. */
    signal: AbortSignal;
    /** Aborted when the two talk no more: until then they are kept hearing each other. */
    talk: AbortSignal;
  },
): Promise<TransferOutcome> {
  const { room, identity } = request;
  const { leg, signal, talk } = on;
  const kept = keepHearing({ rooms: clients.rooms, room }, on.hearing);
  const hangUp = () => clients.rooms.removeParticipant(room, identity).catch(() => undefined);
  const stopped = new Promise<'stopped'>((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  const left = leg.left.then(() => 'left' as const);
  const reach = async (): Promise<TransferOutcome> => {
    await kept.want('apart');
    if (signal.aborted) return { kind: 'refused', detail: 'the caller hung up' };
    const dialled = dial(clients.sip, request, { lastStatus: () => leg.lastStatus(), signal });
    const answered = await Promise.race([dialled, stopped]);
    if (answered === 'stopped') {
      void dialled.finally(() => void hangUp());
      return { kind: 'refused', detail: 'the caller hung up' };
    }
    if (answered.kind !== 'answered') {
      const { sipStatus, detail } = answered;
      return { kind: 'refused', detail, ...(sipStatus !== undefined && { sipStatus }) };
    }
    const heard = await Promise.race([leg.active.then(() => on.brief()), left, stopped]);
    if (heard === 'left') return { kind: 'refused', detail: 'whoever answered hung up during the briefing' };
    if (heard === 'stopped') return { kind: 'refused', detail: 'the caller hung up' };
    await kept.want('together');
    return { kind: 'transferred' };
  };
  const outcome = await reach().catch((error: unknown): TransferOutcome => ({
    kind: 'refused',
    detail: error instanceof Error ? error.message : 'the transfer failed',
  }));
  if (outcome.kind === 'transferred' && !talk.aborted)
    talk.addEventListener('abort', () => kept.stop(), { once: true });
  else {
    await hangUp();
    if (!signal.aborted) await kept.want('alone').catch(() => undefined);
    kept.stop();
  }
  return outcome;
}
