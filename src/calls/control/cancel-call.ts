import { type Call, roomOf } from '../call.ts';
import type { CallStore, Rooms } from '../ports.ts';

/**
 * Cancels a call that was not answered when it was read. Null: it moved on meanwhile, and nothing was done.
 * @throws CallError `call_not_live`, `livekit_unavailable`
 */
export async function cancelCall(
  call: Call,
  { calls, rooms }: { calls: Pick<CallStore, 'transition'>; rooms: Pick<Rooms, 'sendControl'> },
): Promise<{ done: 'canceled' | 'canceling'; call: Call } | null> {
  if (call.state === 'dialing' || call.state === 'ringing') {
    await rooms.sendControl(roomOf(call), { type: 'hang_up', by: 'operator' });
    return { done: 'canceling', call };
  }
  const canceled = await calls.transition({
    callId: call.id,
    to: 'ended',
    from: ['scheduled', 'queued', 'dispatching'],
    patch: { outcome: 'canceled', endReason: 'canceled_before_answer', hungUpBy: 'operator', endedAt: new Date() },
    event: {
      type: 'call.ended',
      data: { outcome: 'canceled', end_reason: 'canceled_before_answer', fault: 'operator', hung_up_by: 'operator' },
    },
  });
  return canceled && { done: 'canceled', call: canceled };
}
