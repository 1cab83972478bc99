import { roomOf } from '../call.ts';
import { readPlan } from './call-plan.ts';
import type { DispatchRecord, Rooms } from '../ports.ts';

/**
 * An agent alone does not keep a room open: LiveKit closes it as empty. A phone that waits for a free worker and for its
 * turn on the trunk has to find it all the same.
 */
const emptySeconds = 1_200;

/** Asks for a session for the call, in its room. @throws CallError `livekit_unavailable` */
export async function sendAgent(
  { rooms }: { rooms: Pick<Rooms, 'dispatchAgent'> },
  call: Pick<DispatchRecord, 'id' | 'room' | 'tenantId' | 'agent' | 'pipeline' | 'direction' | 'plan'>,
  { resume = false } = {},
): Promise<void> {
  const { id: callId, tenantId, agent, pipeline, direction } = call;
  const { traceparent } = readPlan(call.plan);
  await rooms.dispatchAgent({
    room: roomOf(call),
    metadata: { callId, tenantId, agent, pipeline, ...(resume && { resume }), ...(traceparent && { traceparent }) },
    ...(direction === 'outbound' && { emptyTimeoutSeconds: emptySeconds }),
  });
}
