import { inboundCallId } from '../place/inbound-call-id.ts';
import type { CallStore, Rooms } from '../ports.ts';

/** By then whoever ended the call has deleted its room, or could not. */
const endedForSeconds = 10;

/**
 * Deletes the rooms of calls that have ended: where LiveKit was away when a call ended, or a phone was dialled in that moment,
 * somebody would sit there with nobody.
 */
export async function clearRooms({
  calls,
  rooms,
}: {
  calls: Pick<CallStore, 'listEnded'>;
  rooms: Pick<Rooms, 'list' | 'deleteRoom'>;
}): Promise<void> {
  const open = await rooms.list();
  // A room is called as its call, but where a phone came in.
  const callIds = new Map(
    open.flatMap((room) => [room.name, inboundCallId(room)].map((id) => [id, room.name] as const)),
  );
  const ended = await calls.listEnded([...callIds.keys()], endedForSeconds);
  await Promise.all(ended.map((id) => rooms.deleteRoom(callIds.get(id)!)));
}
