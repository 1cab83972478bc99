import { idOfThing } from '../new-id.ts';

/**
 * Id of the call that came in to a room, so that of several sessions sent there each finds the same call, and one of them has
 * it. `createdAt` counts to the second: not everybody is told more.
 */
export function inboundCallId(room: { name: string; createdAt: Date }): string {
  const madeAt = new Date(Math.floor(room.createdAt.getTime() / 1000) * 1000);
  return idOfThing('call', { name: room.name, madeAt });
}
