import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { boundConnections, requestBounds } from './door/bound-connections.ts';
import type { Certificate } from './https.ts';
import { livekitProxy } from './livekit-proxy.ts';

/** Longer than proxies keep an idle connection (Caddy: 120 s), so that none sends a request into one that is being closed. */
const keepAliveMs = 130_000;

/** A browser opens six connections, an automation some dozens; a call of a browser holds one. */
const connectionLimits = { total: 20_000, perAddress: 256 };

/** The server could not listen; the message says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export type HttpServer = {
  /** Where it listens, without a slash at its end. */
  url: string;
  /** Takes no more requests, ends event streams, lets the others finish for `graceSeconds`. Idempotent. */
  close(): Promise<void>;
};

/**
 * Serves the app and, on the same port, LiveKit's signalling.
 * @throws ListenError
 */
export async function startServer(options: {
  app: { fetch(request: Request, env?: object): Response | Promise<Response> };
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** In the order in which they are tried. */
  livekitUrls: readonly string[];
  /** Aborted by `close`; the same that the app was given. */
  draining: AbortController;
  certificate?: Certificate;
  /** Default 10. */
  graceSeconds?: number;
  /** Whether the connections of an address are counted together; by default those of the open internet. */
  countsByItself?: (address: string) => boolean;
  logger: Logger;
}): Promise<HttpServer> {
  const { app, host, port, certificate, draining } = options;
  const proxy = livekitProxy(options);
  // It replaces the global Request: middleware that makes one of a request without Content-Length, such as a DELETE, fails
  // with the built-in one.
  const answer = getRequestListener((request, env) => app.fetch(request, env), { hostname: host });
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    // A connection that was busy when the server closed would otherwise stay open, idle, until it times out.
    response.once('close', () => draining.signal.aborted && setImmediate(() => server.closeIdleConnections()));
    if (proxy.handles(request)) proxy.forward(request, response);
    else void answer(request, response);
  };
  const server = certificate
    ? createSecureServer({ ...certificate, ...requestBounds }, onRequest)
    : createServer(requestBounds, onRequest);
  boundConnections(server, connectionLimits, options.countsByItself);
  server.keepAliveTimeout = keepAliveMs;
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (proxy.handles(request)) proxy.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, { host, port })));
    server.listen(port, host, resolve);
  });

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    draining.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    proxy.close();
    server.closeIdleConnections();
    const force = setTimeout(() => server.closeAllConnections(), (options.graceSeconds ?? 10) * 1000);
    try {
      await closed;
    } finally {
      clearTimeout(force);
    }
  }
  return { url: urlOf(server.address() as AddressInfo, certificate !== undefined), close: () => (closing ??= close()) };
}

/** The wildcard addresses are no place to go to; `localhost` is. */
function urlOf({ address, port }: AddressInfo, secure: boolean): string {
  const everywhere = address === '0.0.0.0' || address === '::';
  const host = everywhere ? 'localhost' : address.includes(':') ? `[${address}]` : address;
  return `${secure ? 'https' : 'http'}://${host}:${port}`;
}

function listenError(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): ListenError {
  const advice: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken by another program. Stop that program, or set PARLEY_PORT to a free port.`,
    EACCES: `Port ${port} needs privileges. Set PARLEY_PORT to a port above 1023.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine. Set PARLEY_HOST to one of its own, such as 127.0.0.1 or 0.0.0.0.`,
    ENOTFOUND: `${host} is not an address of this machine. Set PARLEY_HOST to one of its own, such as 127.0.0.1 or 0.0.0.0.`,
  };
  const message = advice[error.code ?? ''] ?? `The API cannot listen on ${host}:${port}: ${error.message}`;
  return new ListenError(message, { cause: error });
}
