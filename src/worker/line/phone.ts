import { ParticipantKind, type RemoteParticipant, type Room, RoomEvent } from '@livekit/rtc-node';
import type { SipClient } from 'livekit-server-sdk';
import {
  readSipAttributes,
  sendDtmf,
  type SipCallStatus,
  transfer,
  type TransferOutcome,
} from '../../../telephony/index.ts';
import type { Log } from '../../telemetry/logger.ts';
import { later } from './later.ts';
import { type Leaving, watchPresence } from './presence.ts';

const transferRingSeconds = 30;
const lookEveryMs = 250;

/** The phone of a call, as its room shows it. */
export type Phone = {
  /** In the room now. */
  readonly participant: RemoteParticipant | undefined;
  /** It was in the room, and may be in it again when the connection to LiveKit is restored. */
  readonly seen: boolean;
  /** The furthest it came, also when it has left. */
  readonly status: SipCallStatus | undefined;
  /** Resolves at the moment from which it hears us, with its identity. */
  active: Promise<{ identity: string; at: Date }>;
  /** Resolves when it has left for good. */
  left: Promise<Leaving>;
  /** Resolves once the room was whole for so long and the phone was never in it. */
  neverCame(ms: number): Promise<void>;
  stop(): void;
};

const steps = ['dialing', 'ringing', 'automation', 'active', 'hangup'] as const satisfies readonly SipCallStatus[];

/**
 * Follows the phone of the room, which may be there already or come later. `onStatus` is told of every step it takes. Only the phone
 * with this identity, where there is more than one.
 */
export function watchPhone(
  room: Room,
  { onStatus, identity, log }: { onStatus?: (status: SipCallStatus, at: Date) => void; identity?: string; log: Log },
): Phone {
  const active = Promise.withResolvers<{ identity: string; at: Date }>();
  const left = Promise.withResolvers<Leaving>();
  const stopped = new AbortController();
  let participant: RemoteParticipant | undefined;
  let seen = false;
  let status: SipCallStatus | undefined;

  const isOurs = (other: RemoteParticipant) =>
    other.info.kind === ParticipantKind.SIP && (identity === undefined || other.identity === identity);
  const look = (present: RemoteParticipant) => {
    if (!isOurs(present)) return;
    participant = present;
    seen = true;
    const now = readSipAttributes(present.attributes).status;
    // A livekit-server that was started anew knows the attributes with which the leg first came.
    if (now === undefined || (status && steps.indexOf(now) <= steps.indexOf(status))) return;
    status = now;
    const at = new Date();
    onStatus?.(now, at);
    if (now === 'active') active.resolve({ identity: present.identity, at });
  };
  const onChanged = (_changed: Record<string, string>, changed: { identity: string }) => {
    const present = room.remoteParticipants.get(changed.identity);
    if (present) look(present);
  };
  const onGone = (gone: RemoteParticipant) => {
    if (gone.identity === participant?.identity) participant = undefined;
  };
  const presence = watchPresence(room, { matches: isOurs, onLeft: left.resolve, log });
  // What happened while the room was lost is in its state, and may be told by no event.
  const onReconnected = () => [...room.remoteParticipants.values()].forEach(look);
  room.on(RoomEvent.ParticipantConnected, look);
  room.on(RoomEvent.Reconnected, onReconnected);
  room.on(RoomEvent.ParticipantAttributesChanged, onChanged);
  room.on(RoomEvent.ParticipantDisconnected, onGone);
  for (const present of room.remoteParticipants.values()) look(present);

  return {
    get participant() {
      return participant;
    },
    get seen() {
      return seen;
    },
    get status() {
      return status;
    },
    active: active.promise,
    left: left.promise,
    neverCame: async (ms) => {
      for (let wholeMs = 0; wholeMs < ms || seen;) {
        await later(lookEveryMs, stopped.signal);
        wholeMs = presence.unsettled ? 0 : wholeMs + lookEveryMs;
      }
    },
    stop: () => {
      stopped.abort();
      presence.stop();
      room.off(RoomEvent.ParticipantConnected, look);
      room.off(RoomEvent.Reconnected, onReconnected);
      room.off(RoomEvent.ParticipantAttributesChanged, onChanged);
      room.off(RoomEvent.ParticipantDisconnected, onGone);
    },
  };
}

/** Presses keys into the call of the room. What goes wrong is logged: nobody waits for it. */
export async function pressKeys(
  room: Room,
  { digits, signal, log }: { digits: string; signal: AbortSignal; log: Log },
) {
  try {
    if (room.localParticipant) await sendDtmf(room.localParticipant, digits, signal);
  } catch (error) {
    log('warn', 'keys could not be pressed', { error });
  }
}

/** Hands the phone of the room to another number. Never rejects. */
export async function handOver(sip: SipClient, { room, to }: { room: Room; to: string }): Promise<TransferOutcome> {
  const phone = [...room.remoteParticipants.values()].find(({ info }) => info.kind === ParticipantKind.SIP);
  if (!phone || !room.name) return { kind: 'refused', detail: 'nobody is on the line' };
  return transfer(sip, { room: room.name, identity: phone.identity }, { to, ringSeconds: transferRingSeconds });
}

/** Resolves with undefined when the signal aborts. */
export function aborted(signal: AbortSignal): { promise: Promise<undefined>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const onAbort = () => resolve(undefined);
  if (signal.aborted) resolve(undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  return { promise, stop: () => signal.removeEventListener('abort', onAbort) };
}
