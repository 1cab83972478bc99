import { atMostEvery } from './at-most-every.ts';
import { inboundCallId } from './inbound-call-id.ts';
import type { CallStore, Rooms, WaitingPhones } from './ports.ts';

/**
 * Open-source LiveKit sends a caller to the workers once: while all are full or away the phone would ring for ever. Each is
 * offered again every `everySeconds`, until a worker takes it or the caller gives up.
 */
export function createPhoneAnswerer(
  deps: { calls: Pick<CallStore, 'findCall'>; rooms: Pick<Rooms, 'dispatchAgent'>; waitingPhones: WaitingPhones },
  { everySeconds }: { everySeconds: number },
): () => Promise<void> {
  const due = atMostEvery<Awaited<ReturnType<WaitingPhones>>[number]>(everySeconds, ({ room }) => room);

  return async function answerWaitingPhones() {
    for (const { room, createdAt, metadata } of due(await deps.waitingPhones(everySeconds))) {
      // With a row it is a call that others look after.
      if (await deps.calls.findCall(inboundCallId({ name: room, createdAt }))) continue;
      await deps.rooms.dispatchAgent({ room, metadata });
    }
  };
}
