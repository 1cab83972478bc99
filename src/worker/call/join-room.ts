import { setTimeout as sleep } from 'node:timers/promises';
import { Room } from '@livekit/rtc-node';
import { roomOptions, tameRoom } from '../conversation/sdk-pins.ts';

const connectSeconds = 15;
const leaveSeconds = 3;

export type JoinedRoom = {
  room: Room;
  /** Disconnects and takes every listener off. Idempotent, never throws. */
  leave(): Promise<void>;
};

/** @throws when LiveKit cannot be reached or refuses the token */
export async function joinRoom({ url, token }: { url: string; token: string }): Promise<JoinedRoom> {
  const room = new Room();
  const connecting = room.connect(url, token, roomOptions);
  const timer = new AbortController();
  try {
    const late = sleep(connectSeconds * 1000, 'late' as const, { signal: timer.signal });
    if ((await Promise.race([connecting, late])) === 'late')
      throw new Error(`LiveKit at ${url} did not let the agent into its room within ${connectSeconds} s.`);
  } catch (error) {
    void connecting.then(() => room.disconnect()).catch(() => undefined);
    throw error;
  } finally {
    timer.abort();
  }
  const untame = tameRoom(room);
  let leaving: Promise<void> | undefined;
  return {
    room,
    leave: () =>
      (leaving ??= leave(room).finally(() => {
        untame();
        room.removeAllListeners();
      })),
  };
}

async function leave(room: Room): Promise<void> {
  const timer = new AbortController();
  try {
    await Promise.race([room.disconnect(), sleep(leaveSeconds * 1000, undefined, { signal: timer.signal })]);
  } catch {
    // The room is gone, which is what was wanted.
  } finally {
    timer.abort();
  }
}
