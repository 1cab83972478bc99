import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { isPublicAddress } from '../../calls/webhooks/public-address.ts';

/** Time for the head of a request, milliseconds. */
const headMs = 10_000;
/** Time for a whole request with its body, milliseconds: 1 MB in 30 s is 280 kbit/s. */
const requestMs = 30_000;
/** How often connections are looked at for the two. */
const lookMs = 2_000;
const headerBytes = 16 * 1024;
const mostHeaders = 100;

/** What a server is created with so that nobody holds a connection by being slow, key or none. */
export const requestBounds = {
  headersTimeout: headMs,
  requestTimeout: requestMs,
  connectionsCheckingInterval: lookMs,
  maxHeaderSize: headerBytes,
} as const;

export type ConnectionLimits = {
  /** Connections altogether. */
  total: number;
  /** Connections of one address of the open internet. A private one may be a proxy, behind which is everybody. */
  perAddress: number;
};

/** Ends at once what is beyond the limits, before anything of it is read. */
export function boundConnections(
  server: Server,
  limits: ConnectionLimits,
  isOne: (address: string) => boolean = isPublicAddress,
): void {
  server.maxHeadersCount = mostHeaders;
  server.maxConnections = limits.total;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (!isOne(address)) return;
    const count = (open.get(address) ?? 0) + 1;
    if (count > limits.perAddress) return void socket.destroy();
    open.set(address, count);
    socket.once('close', () => {
      const left = open.get(address)! - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
