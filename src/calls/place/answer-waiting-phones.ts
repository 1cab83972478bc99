import { readSipAttributes } from '../../../telephony/index.ts';
import { atMostEvery } from '../at-most-every.ts';
import { endCall } from '../end/end-call.ts';
import type { CallStore, Rooms, WaitingPhone, WaitingPhones } from '../ports.ts';
import { inboundCallId } from './inbound-call-id.ts';

/** Workers are given so long to take a caller whom LiveKit offered to them, and a phone to come back after LiveKit restarted. */
const takeUpMs = 5_000;

/**
 * Open-source LiveKit sends a caller to the workers once: while all are full or away the phone would ring without end. Each is
 * offered again every `everySeconds`, until a worker takes it or the caller gives up. One who gives up before any worker took
 * the call is a missed call: it has a row and its final event like any other.
 */
export function createPhoneAnswerer(
  deps: {
    calls: Pick<CallStore, 'findCall' | 'insertCall' | 'transition'>;
    rooms: Pick<Rooms, 'dispatchAgent' | 'participants'>;
    waitingPhones: WaitingPhones;
    /** Whose call it is when the dispatch rule names nobody. */
    tenantId: string;
  },
  { everySeconds }: { everySeconds: number },
): () => Promise<void> {
  const due = atMostEvery<WaitingPhone>(everySeconds, ({ room }) => room);
  const waiting = new Map<string, { phone: WaitingPhone; firstSeenMs: number; seenMs: number }>();

  /** @throws what kept one of them from being looked after, once all the others have been */
  return async function answerWaitingPhones() {
    const now = await deps.waitingPhones();
    const nowMs = performance.now();
    for (const phone of now)
      waiting.set(phone.room, { phone, firstSeenMs: waiting.get(phone.room)?.firstSeenMs ?? nowMs, seenMs: nowMs });
    const gone = [...waiting.values()].flatMap(({ phone, seenMs }) => (nowMs - seenMs >= takeUpMs ? [phone] : []));
    // LiveKit's clock may differ from ours; it only tells of the time before we first looked.
    const waitedMs = ({ room, createdAt }: WaitingPhone) =>
      Math.max(Date.now() - createdAt.getTime(), nowMs - waiting.get(room)!.firstSeenMs);
    const untaken = now.filter((phone) => waitedMs(phone) >= takeUpMs);
    const steps = [...due(untaken).map(offer), ...gone.map(noteMissed)];
    const failures = (await Promise.allSettled(steps)).flatMap((step) =>
      step.status === 'rejected' ? [step.reason as unknown] : [],
    );
    if (failures.length > 0) throw failures[0];
  };

  async function offer({ room, createdAt, metadata }: WaitingPhone): Promise<void> {
    // With a row it is a call that others look after.
    if (await deps.calls.findCall(inboundCallId({ name: room, createdAt }))) return;
    await deps.rooms.dispatchAgent({ room, metadata });
  }

  /** Nothing is done where a worker has taken it: the phone is in its room then, or there is a row. */
  async function noteMissed({ room, createdAt, metadata, attributes }: WaitingPhone): Promise<void> {
    const id = inboundCallId({ name: room, createdAt });
    const isThere = (await deps.rooms.participants(room)).some(({ kind }) => kind === 'sip');
    waiting.delete(room);
    if (isThere || !metadata.agent || (await deps.calls.findCall(id))) return;
    const { phoneNumber, trunkPhoneNumber, trunkId } = readSipAttributes(attributes);
    await deps.calls.insertCall(
      {
        id,
        tenantId: metadata.tenantId ?? deps.tenantId,
        direction: 'inbound',
        state: 'in_progress',
        agent: metadata.agent,
        pipeline: metadata.pipeline ?? 'auto',
        phoneNumber: phoneNumber ?? null,
        fromNumber: trunkPhoneNumber ?? null,
        trunkId: trunkId ?? null,
        room,
      },
      { type: 'call.state', data: { state: 'in_progress', direction: 'inbound' } },
    );
    await endCall(
      { store: deps.calls },
      {
        callId: id,
        reason: 'no_worker',
        outcome: 'no_answer',
        hungUpBy: 'caller',
        answered: false,
        unheldSince: { leaseEpoch: 0, leaseUntil: null },
      },
    );
  }
}
