import { AccessToken } from 'livekit-server-sdk';

/** What livekit-server gives a worker with an assignment. */
export function agentToken(
  { apiKey, apiSecret }: { apiKey: string; apiSecret: string },
  { room, identity = 'agent-test' }: { room: string; identity?: string },
): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { identity });
  token.kind = 'agent';
  token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true, agent: true });
  return token.toJwt();
}
