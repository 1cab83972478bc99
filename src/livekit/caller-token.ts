import { AccessToken, TrackSource } from 'livekit-server-sdk';
import type { LivekitConnection } from './connection.ts';

/**
 * A token with which a browser may join one room, publish its microphone and listen. It may not send data: control messages
 * are the server's alone.
 */
export function callerToken(
  connection: Pick<LivekitConnection, 'apiKey' | 'apiSecret'>,
  caller: { room: string; identity: string; name?: string; ttlSeconds: number },
): Promise<string> {
  const { room, identity, name, ttlSeconds } = caller;
  const token = new AccessToken(connection.apiKey, connection.apiSecret, {
    identity,
    ttl: ttlSeconds,
    ...(name !== undefined && { name }),
  });
  token.addGrant({
    room,
    roomJoin: true,
    canSubscribe: true,
    canPublish: true,
    canPublishSources: [TrackSource.MICROPHONE],
    canPublishData: false,
  });
  return token.toJwt();
}
