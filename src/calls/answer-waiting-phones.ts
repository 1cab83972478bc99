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
  let offeredAt = new Map<string, number>();

  return async function answerWaitingPhones() {
    const waiting = await deps.waitingPhones(everySeconds);
    const before = offeredAt;
    offeredAt = new Map(waiting.flatMap(({ room }) => (before.has(room) ? [[room, before.get(room)!] as const] : [])));
    for (const { room, createdAt, metadata } of waiting) {
      if (Date.now() - (offeredAt.get(room) ?? 0) < everySeconds * 1000) continue;
      offeredAt.set(room, Date.now());
      // With a row it is a call that others look after.
      if (await deps.calls.findCall(inboundCallId({ name: room, createdAt }))) continue;
      await deps.rooms.dispatchAgent({ room, metadata });
    }
  };
}
