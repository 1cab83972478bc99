import { AccessToken, TrackSource } from 'livekit-server-sdk';
import type { SupervisorMode } from '../calls/supervise/supervisor.ts';
import type { LivekitConnection } from './connection.ts';

/**
 * A token with which somebody may join one room: to listen, seen by nobody, or to speak into it with a microphone. The mode stands
 * in it where whoever has it cannot change it.
 */
export function supervisorToken(
  { apiKey, apiSecret }: Pick<LivekitConnection, 'apiKey' | 'apiSecret'>,
  request: { room: string; identity: string; mode: SupervisorMode; ttlSeconds: number },
): Promise<string> {
  const { room, identity, mode, ttlSeconds } = request;
  const speaks = mode === 'take_over';
  const token = new AccessToken(apiKey, apiSecret, { identity, ttl: ttlSeconds, attributes: { 'parley.mode': mode } });
  token.addGrant({
    room,
    roomJoin: true,
    canSubscribe: true,
    canPublish: speaks,
    ...(speaks && { canPublishSources: [TrackSource.MICROPHONE] }),
    canPublishData: false,
    canUpdateOwnMetadata: false,
    hidden: !speaks,
  });
  return token.toJwt();
}
