import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import { tryJoin } from '../../livekit/try-join.ts';
import { certificateEnd } from '../certificate-end.ts';
import type { Check } from '../check.ts';
import { connectionTrouble } from '../connection-trouble.ts';
import { failed, type Finding, ok, skipped } from '../finding.ts';
import { openConnection } from '../open-connection.ts';

export const turn: Check = {
  about: 'The TURN servers that LiveKit tells browsers to use: an answer over UDP, TCP or TLS, and the certificate.',
  needs: ['livekit'],
  async run({ livekit, trusted }, signal) {
    if (!livekit) return skipped('There is no LiveKit.');
    const { iceServers } = await tryJoin({ url: livekit.url, connection: livekit, signal });
    const servers = [...new Set(iceServers.flatMap(({ urls }) => urls))].flatMap((url) => readTurnUrl(url) ?? []);
    if (servers.length === 0)
      return skipped(
        'LiveKit has no TURN: callers whose network lets out only port 443 hear nothing (docs/deploy-vps.md).',
      );
    const found = await Promise.all(
      servers.map(async (server): Promise<Finding[]> => {
        const at = `${server.host}:${server.port}`;
        try {
          const certificate = await reach(server, { signal, trusted });
          return [
            ok(`TURN answers at ${at} over ${server.transport.toUpperCase()}.`),
            ...(certificate ? [certificateEnd(certificate, server.host)] : []),
          ];
        } catch (error) {
          const who = `TURN over ${server.transport.toUpperCase()}`;
          const trouble = connectionTrouble(error, { who, at, setting: '`turn:` of livekit.yaml' });
          return [failed(trouble.message, `${trouble.cure} Open the port in the firewall.`)];
        }
      }),
    );
    return found.flat();
  },
};

export type TurnServer = { host: string; port: number; transport: 'udp' | 'tcp' | 'tls' };

/** `turn:host:port?transport=udp` and `turns:…` (RFC 7065); undefined for a STUN server. */
export function readTurnUrl(url: string): TurnServer | undefined {
  const [, secure, host, port, transport] =
    /^turn(s)?:(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(\w+))?$/i.exec(url) ?? [];
  if (!host) return undefined;
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? (secure ? 5349 : 3478)),
    transport: secure ? 'tls' : transport === 'tcp' ? 'tcp' : 'udp',
  };
}

function reach(
  { host, port, transport }: TurnServer,
  { signal, trusted }: { signal: AbortSignal; trusted: string[] | undefined },
): Promise<PeerCertificate | undefined> {
  if (transport === 'udp') return askStun(host, port);
  return openConnection({ host, port, signal, ...(transport === 'tls' && { tls: { name: host, trusted } }) });
}

/** A STUN binding request (RFC 8489 §5), which every TURN server answers without a password. Sent three times: UDP may lose it. */
async function askStun(host: string, port: number): Promise<undefined> {
  const magicCookie = [0x21, 0x12, 0xa4, 0x42];
  const id = randomBytes(12);
  const request = Buffer.concat([Buffer.from([0x00, 0x01, 0x00, 0x00, ...magicCookie]), id]);
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  socket.once('error', reject);
  socket.on('message', (answer) => {
    if (answer.length >= 20 && answer.subarray(8, 20).equals(id)) resolve(undefined);
  });
  const send = () => socket.send(request, port, host, (error) => error && reject(error));
  const again = setInterval(send, 1_000);
  const late = setTimeout(() => reject(new Error('timed out')), 3_500);
  send();
  try {
    return await promise;
  } finally {
    clearInterval(again);
    clearTimeout(late);
    socket.close();
  }
}
