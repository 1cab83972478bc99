import { endCall } from './end-call.ts';
import type { CallStore, Rooms } from './ports.ts';

/**
 * Deals with a call whose process is gone. With a person still in the room a new session is asked for, which greets with
 * the agent's apology and knows what was said so far; with nobody there the call ends as `worker_lost`.
 *
 * Whether the new session may have the call is decided by its lease, not here: of two sessions one is turned away. Agents
 * found in the room are removed first, because a process without its lease may still be talking.
 * @returns what was done; `left_alone` when the call is not one that a session could go on with
 */
export async function takeOverCall(
  { store, rooms }: { store: CallStore; rooms: Rooms },
  callId: string,
): Promise<'resumed' | 'ended' | 'left_alone'> {
  const call = await store.findCall(callId);
  if (call?.state !== 'in_progress') return 'left_alone';
  const present = await rooms.participants(call.id);
  if (!present.some(({ kind }) => kind === 'standard' || kind === 'sip')) {
    await rooms.deleteRoom(call.id);
    const ended = await endCall({ store }, { callId, reason: 'worker_lost', hungUpBy: 'parley' });
    return ended ? 'ended' : 'left_alone';
  }
  const agents = present.filter(({ kind }) => kind === 'agent');
  await Promise.all(agents.map(({ identity }) => rooms.removeParticipant(call.id, identity)));
  await rooms.dispatchAgent({
    room: call.id,
    metadata: { callId, tenantId: call.tenantId, agent: call.agent, pipeline: call.pipeline, resume: true },
  });
  return 'resumed';
}
