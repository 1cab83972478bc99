import { ServerError } from 'livekit-server-sdk';
import { CallError } from '../calls/errors.ts';

/** A livekit-server and a key of its configuration. `url` is ws, wss, http or https. */
export type LivekitConnection = { url: string; apiKey: string; apiSecret: string };

/** What every server client is built with: no request may take longer, and there is one server, not regions of a cloud. */
export const clientOptions = { requestTimeout: 5, failover: false } as const;

/**
 * Makes a request of livekit-server.
 * @throws CallError `livekit_unavailable`, saying what to check
 */
export async function ask<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof CallError) throw error;
    throw new CallError('livekit_unavailable', cureOf(error), { details: { retry_after_seconds: 5 }, cause: error });
  }
}

/** As `ask`; undefined when the room or participant is not there. */
export async function askIfThere<T>(request: () => Promise<T>): Promise<T | undefined> {
  return ask(async () => {
    try {
      return await request();
    } catch (error) {
      if (error instanceof ServerError && error.status === 404) return undefined;
      throw error;
    }
  });
}

function cureOf(error: unknown): string {
  if (error instanceof ServerError && (error.status === 401 || error.status === 403))
    return 'LiveKit refused our key. Set LIVEKIT_API_KEY and LIVEKIT_API_SECRET to a pair of the `keys:` block of livekit.yaml.';
  if (error instanceof Error && error.name === 'TimeoutError')
    return 'LiveKit did not answer in time. See whether livekit-server is overloaded, then send the request again.';
  if (error instanceof ServerError)
    return 'LiveKit could not do it. See the log of livekit-server, then send the request again.';
  return 'LiveKit cannot be reached. Check LIVEKIT_URL and that livekit-server runs, then send the request again.';
}
