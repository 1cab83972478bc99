import { AccessToken } from 'livekit-server-sdk';
import type { LivekitConnection } from './connection.ts';

const ttlSeconds = 3600;

/** The token a worker registers with at `GET /agent`. Made anew for each connection; rooms bring tokens of their own. */
export function agentToken(connection: Pick<LivekitConnection, 'apiKey' | 'apiSecret'>): Promise<string> {
  const token = new AccessToken(connection.apiKey, connection.apiSecret, { ttl: ttlSeconds });
  token.addGrant({ agent: true });
  return token.toJwt();
}
