import type { RoomServiceClient } from 'livekit-server-sdk';
import { telephonyError } from './errors.ts';

/**
 * Ends one leg: livekit-sip sends BYE, or CANCEL while it still rings. A leg that has left already is no error.
 * @throws TelephonyError
 */
export async function hangUp(rooms: RoomServiceClient, leg: { room: string; identity: string }): Promise<void> {
  try {
    await rooms.removeParticipant(leg.room, leg.identity);
  } catch (error) {
    if ((error as { code?: string }).code === 'not_found') return;
    throw telephonyError(error, 'Hang up');
  }
}
