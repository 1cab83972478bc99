import { setTimeout as sleep } from 'node:timers/promises';
import { RoomServiceClient, ServerError } from 'livekit-server-sdk';
import { ask, clientOptions, type LivekitConnection } from './connection.ts';

/**
 * Resolves when livekit-server answers and takes our key. Polls for `waitSeconds` (for ever: Infinity), and says so once; a
 * refused key ends the wait at once.
 * @throws CallError `livekit_unavailable`
 */
export async function waitForLivekit(options: {
  connection: LivekitConnection;
  waitSeconds: number;
  log?: (message: string) => void;
  signal?: AbortSignal;
}): Promise<void> {
  const { connection, waitSeconds, log, signal } = options;
  const deadline = performance.now() + waitSeconds * 1000;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await checkLivekit(connection);
    } catch (error) {
      if (isRefusal(error) || performance.now() > deadline) throw error;
      if (attempt === 0) log?.(`Waiting for livekit-server at ${new URL(connection.url).host} …`);
      await sleep(Math.min(100 * 2 ** attempt, 1000), undefined, signal ? { signal } : {});
    }
  }
}

/** Whether livekit-server answered, but will not take our key: waiting does not help. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof ServerError && error.cause.status < 500;
}

/** One small request with our key. @throws CallError `livekit_unavailable` */
export async function checkLivekit({ url, apiKey, apiSecret }: LivekitConnection): Promise<void> {
  const rooms = new RoomServiceClient(url, apiKey, apiSecret, clientOptions);
  await ask(() => rooms.listRooms(['-']));
}
