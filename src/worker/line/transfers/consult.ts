import { setTimeout as sleep } from 'node:timers/promises';
import { type Room, RoomEvent, TrackKind } from '@livekit/rtc-node';
import type { RoomServiceClient, SipClient } from 'livekit-server-sdk';
import {
  consultIdentity,
  type Hearing,
  type HearingStage,
  type TransferOutcome,
  warmTransfer,
} from '../../../../telephony/index.ts';
import type { Call } from '../../../calls/call.ts';
import type { Trunk } from '../../../calls/trunks/choose-trunk.ts';
import type { TransferTarget } from '../../../calls/control/check-transfer-target.ts';
import { longestTalkSeconds } from '../../../calls/end/watch-handed-over.ts';
import type { Log } from '../../../telemetry/logger.ts';
import { watchPhone } from '../phone.ts';
import { watchPresence } from '../presence.ts';
import { playHoldMusic } from './hold-music.ts';

const ringSeconds = 30;

/** What somebody is called with. */
export type WarmLine = {
  sip: SipClient;
  rooms: RoomServiceClient;
  /** Takes the next place of the trunk, and tells in how many seconds it is. */
  reserveDial: (trunk: Trunk) => Promise<number>;
  /** Asks whether the number may be dialled now; then it counts as dialled, and its minutes as the call's. */
  openLine: (request: {
    call: Call;
    trunk: Trunk;
    to: string;
    seconds: number;
  }) => Promise<ConsultLine | { refused: string }>;
};

/** A line that somebody is called over. What it tells is written beside the call, and never rejects. */
export type ConsultLine = { answered(): Promise<void>; over(): Promise<void> };

export type ConsultContext = {
  clients: WarmLine;
  call: Call;
  room: Room;
  /** Of the call's longest length. */
  secondsLeft: () => number;
  /** The caller's. */
  identity: () => string;
  brief: (words: string | undefined) => Promise<void>;
  /** From here on two people talk: the agent is done. */
  onConnected: () => void;
  signal: AbortSignal;
  log: Log;
};

/**
 * Calls somebody into the room, tells them who is waiting while the caller hears music, and connects the two. When they are
 * connected `over` resolves as soon as one of them has left.
 */
export async function consult(
  context: ConsultContext,
  { target: { to, trunk }, briefing }: { target: TransferTarget; briefing: string | undefined },
): Promise<TransferOutcome & { over?: Promise<void> }> {
  const { room, clients } = context;
  if (!trunk) return { kind: 'refused', detail: 'there is no trunk to call over' };
  const caller = context.identity();
  const seconds = Math.min(longestTalkSeconds, Math.ceil(context.secondsLeft()));
  const turnMs = performance.now() + (await clients.reserveDial(trunk)) * 1000;
  const line = await clients.openLine({ call: context.call, trunk, to, seconds });
  if ('refused' in line) return { kind: 'refused', detail: line.refused };
  const music = await playHoldMusic(room);
  const leg = watchPhone(room, { identity: consultIdentity, log: context.log });
  void leg.active.then(() => line.answered());
  const gone = whenLeft(room, { identity: caller, log: context.log });
  const tracksOf = (identity: string) => audioOf(room.remoteParticipants.get(identity));
  const ours = () => audioOf(room.localParticipant).filter((sid) => sid !== music.trackSid);
  const hearing = (stage: HearingStage): Hearing[] => {
    const [their, his] = [tracksOf(consultIdentity), tracksOf(caller)];
    if (stage === 'alone') return [{ identity: caller, hears: ours(), hearsNot: their }];
    const both: Hearing[] =
      stage === 'apart'
        ? [
            { identity: caller, hears: [music.trackSid], hearsNot: [...ours(), ...their] },
            // livekit-sip subscribes when it is answered, and is not made to sooner.
            {
              identity: consultIdentity,
              hears: leg.status === 'active' ? ours() : [],
              hearsNot: [music.trackSid, ...his],
            },
          ]
        : [
            { identity: caller, hears: their, hearsNot: [music.trackSid, ...ours()] },
            { identity: consultIdentity, hears: his, hearsNot: [music.trackSid, ...ours()] },
          ];
    return both.filter(({ identity }) => room.remoteParticipants.has(identity));
  };
  const aborted = new AbortController();
  void gone.promise.then(() => aborted.abort());
  const talk = new AbortController();
  const signal = AbortSignal.any([context.signal, aborted.signal]);
  await sleep(Math.max(0, turnMs - performance.now()), undefined, { signal }).catch(() => undefined);
  const outcome = await warmTransfer(
    clients,
    {
      room: room.name ?? '',
      identity: consultIdentity,
      trunkId: trunk.id,
      to,
      ...(trunk.fromNumber && { from: trunk.fromNumber }),
      ringSeconds,
      maxCallSeconds: Math.max(1, seconds),
    },
    {
      leg: { lastStatus: () => leg.status, active: leg.active, left: leg.left },
      hearing,
      brief: () => context.brief(briefing),
      signal,
      talk: talk.signal,
    },
  );
  await music.stop();
  if (outcome.kind === 'transferred') {
    context.onConnected();
    const longest = sleep(context.secondsLeft() * 1000, undefined, { signal: context.signal }).catch(() => undefined);
    const over = Promise.race<unknown>([gone.promise, leg.left, longest]);
    return {
      ...outcome,
      over: over.then(() => {
        talk.abort();
        void line.over();
        leg.stop();
        gone.stop();
      }),
    };
  }
  void line.over();
  leg.stop();
  gone.stop();
  return outcome;
}

type Publishing = {
  trackPublications: ReadonlyMap<string, { sid?: string | undefined; kind?: TrackKind | undefined }>;
};

function audioOf(participant: Publishing | undefined): string[] {
  const published = [...(participant?.trackPublications.values() ?? [])];
  return published.flatMap(({ sid, kind }) => (sid && kind === TrackKind.KIND_AUDIO ? [sid] : []));
}

/** Resolves when somebody has left the room for good, or the room is lost. */
function whenLeft(
  room: Room,
  { identity, log }: { identity: string; log: Log },
): { promise: Promise<void>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onLost = () => resolve();
  const presence = watchPresence(room, {
    matches: (participant) => participant.identity === identity,
    onLeft: onLost,
    log,
  });
  room.on(RoomEvent.Disconnected, onLost);
  if (!room.remoteParticipants.has(identity)) resolve();
  const stop = () => {
    presence.stop();
    room.off(RoomEvent.Disconnected, onLost);
  };
  return { promise, stop };
}
