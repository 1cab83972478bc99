import { atMostEvery } from '../at-most-every.ts';
import { inboundCallId } from './inbound-call-id.ts';
import type { CallStore, Rooms, WaitingPhones } from '../ports.ts';

type WaitingPhone = Awaited<ReturnType<WaitingPhones>>[number];

/**
 * Open-source LiveKit sends a caller to the workers once: while all are full or away the phone would ring for ever. Each is
 * offered again every `everySeconds`, until a worker takes it or the caller gives up.
 */
export function createPhoneAnswerer(
  deps: { calls: Pick<CallStore, 'findCall'>; rooms: Pick<Rooms, 'dispatchAgent'>; waitingPhones: WaitingPhones },
  { everySeconds }: { everySeconds: number },
): () => Promise<void> {
  const due = atMostEvery<WaitingPhone>(everySeconds, ({ room }) => room);

  /** @throws what kept one of them from being offered, once all the others have been */
  return async function answerWaitingPhones() {
    const failures: unknown[] = [];
    for (const phone of due(await deps.waitingPhones(everySeconds)))
      await offer(phone).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };

  async function offer({ room, createdAt, metadata }: WaitingPhone): Promise<void> {
    // With a row it is a call that others look after.
    if (await deps.calls.findCall(inboundCallId({ name: room, createdAt }))) return;
    await deps.rooms.dispatchAgent({ room, metadata });
  }
}
