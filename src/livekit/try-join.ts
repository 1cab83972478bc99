import { randomUUID } from 'node:crypto';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { type ICEServer, SignalResponse } from '@livekit/protocol';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { WebSocket } from 'ws';
import { clientOptions, type LivekitConnection } from './connection.ts';

/** The signalling request was answered with a status instead of a WebSocket. */
export class SignalError extends Error {
  override readonly name = 'SignalError';
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`LiveKit's signalling answered ${status}.`);
    this.status = status;
    this.body = body;
  }
}

export type Joined = {
  /** What LiveKit tells a browser to use: TURN servers with user and password. */
  iceServers: ICEServer[];
  /** Of the server, with wss. */
  certificate: PeerCertificate | undefined;
};

/**
 * Joins a room of its own as a browser would (LiveKit signalling, protocol 16: the first message is `JoinResponse`), hidden and
 * without media, leaves, and deletes the room.
 * @param options.url Where browsers join; `connection` names the server that deletes the room
 * @throws SignalError, what the connection says, and the signal's reason
 */
export async function tryJoin(options: {
  url: string;
  connection: LivekitConnection;
  trusted?: string[] | undefined;
  signal: AbortSignal;
}): Promise<Joined> {
  const { connection, trusted, signal } = options;
  const room = `parley-doctor-${randomUUID()}`;
  const token = new AccessToken(connection.apiKey, connection.apiSecret, { identity: 'doctor', ttl: 30 });
  token.addGrant({ room, roomJoin: true, hidden: true, canPublish: false, canSubscribe: false, canPublishData: false });
  const url = new URL(`${options.url.replace(/^http/, 'ws').replace(/(?<!\/)\/+$/, '')}/rtc`);
  for (const [name, value] of Object.entries({
    protocol: '16',
    auto_subscribe: '0',
    access_token: await token.toJwt(),
  }))
    url.searchParams.set(name, value);
  const { promise, resolve, reject } = Promise.withResolvers<Joined>();
  const socket = new WebSocket(url, { handshakeTimeout: 6_000, ...(trusted && { ca: trusted }) });
  let certificate: PeerCertificate | undefined;
  const stop = () => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  socket.once('upgrade', (response) => {
    certificate = (response.socket as Partial<TLSSocket>).getPeerCertificate?.();
  });
  socket.once('unexpected-response', (_request, response) => {
    let body = '';
    response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8').slice(0, 2000)));
    response.once('end', () => reject(new SignalError(response.statusCode ?? 0, body)));
    response.once('error', reject);
  });
  socket.on('message', (data: Buffer) => {
    const { message } = SignalResponse.fromBinary(new Uint8Array(data));
    if (message.case === 'join') resolve({ iceServers: message.value.iceServers, certificate });
  });
  socket.on('error', reject);
  socket.once('close', () => reject(new Error('LiveKit closed the connection before it let anybody join.')));
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
    socket.terminate();
    const rooms = new RoomServiceClient(connection.url, connection.apiKey, connection.apiSecret, clientOptions);
    // LiveKit removes an empty room by itself soon after.
    await rooms.deleteRoom(room).catch(() => undefined);
  }
}
