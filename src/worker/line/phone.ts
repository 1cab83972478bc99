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

const transferRingSeconds = 30;

/** The phone of a call, as its room shows it. */
export type Phone = {
  /** In the room now. */
  readonly participant: RemoteParticipant | undefined;
  /** The newest it had, also when it has left. */
  readonly status: SipCallStatus | undefined;
  /** Resolves at the moment from which it hears us, with its identity. */
  active: Promise<string>;
  /** Resolves when it has left. */
  left: Promise<void>;
  stop(): void;
};

/**
 * Follows the phone of the room, which may be there already or come later. `onStatus` is told of every change. Only the phone
 * with this identity, where there is more than one.
 */
export function watchPhone(
  room: Room,
  onStatus: (status: SipCallStatus) => void = () => undefined,
  identity?: string,
): Phone {
  const active = Promise.withResolvers<string>();
  const left = Promise.withResolvers<void>();
  let participant: RemoteParticipant | undefined;
  let status: SipCallStatus | undefined;

  const look = (seen: RemoteParticipant) => {
    if (seen.info.kind !== ParticipantKind.SIP || (identity !== undefined && seen.identity !== identity)) return;
    participant = seen;
    const now = readSipAttributes(seen.attributes).status;
    if (now === undefined || now === status) return;
    status = now;
    onStatus(now);
    if (now === 'active') active.resolve(seen.identity);
  };
  const onChanged = (_changed: Record<string, string>, changed: { identity: string }) => {
    const seen = room.remoteParticipants.get(changed.identity);
    if (seen) look(seen);
  };
  const onLeft = (gone: RemoteParticipant) => {
    if (gone.identity !== participant?.identity) return;
    participant = undefined;
    left.resolve();
  };
  room.on(RoomEvent.ParticipantConnected, look);
  room.on(RoomEvent.ParticipantAttributesChanged, onChanged);
  room.on(RoomEvent.ParticipantDisconnected, onLeft);
  for (const present of room.remoteParticipants.values()) look(present);

  return {
    get participant() {
      return participant;
    },
    get status() {
      return status;
    },
    active: active.promise,
    left: left.promise,
    stop: () => {
      room.off(RoomEvent.ParticipantConnected, look);
      room.off(RoomEvent.ParticipantAttributesChanged, onChanged);
      room.off(RoomEvent.ParticipantDisconnected, onLeft);
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
