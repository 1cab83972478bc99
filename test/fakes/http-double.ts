import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A far end on a free port of this machine. */
export type Listening = { port: number; close: () => Promise<void> };

/** Serves HTTP, and WebSockets where `upgrade` is given, until `close`; open connections are cut then. */
export async function listen(options: {
  request: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void | Promise<void>;
  upgrade?: (request: IncomingMessage, respond: UpgradeChoice) => void;
}): Promise<Listening> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      void Promise.resolve(options.request(request, response, Buffer.concat(parts))).catch(() => response.destroy());
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  const connections = new Set<Socket>();
  server.on('connection', (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    options.upgrade?.(request, {
      accept: (serve) => sockets.handleUpgrade(request, socket, head, serve),
      refuse: (status, headers, body) => {
        const lines = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' });
        socket.end(
          `HTTP/1.1 ${status} Refused\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
        );
      },
      hang: () => undefined,
    });
    if (!options.upgrade) socket.destroy();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.destroy();
      }),
  };
}

export type UpgradeChoice = {
  accept: (serve: (socket: WebSocket) => void) => void;
  refuse: (status: number, headers: Record<string, string>, body: string) => void;
  /** Never answers: a half-open socket before the handshake. */
  hang: () => void;
};

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}
