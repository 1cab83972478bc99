import { createSocket } from 'node:dgram';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { onTestFinished } from 'vitest';

const dayMs = 86_400_000;

/** A certificate for `localhost` that signs itself, for so many days; PEM. */
export async function aCertificate(days: number, name = 'localhost'): Promise<{ key: string; cert: string }> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 10 * dayMs),
    notAfterDate: new Date(Date.now() + days * dayMs + 60_000),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
  return { key: made.private, cert: made.cert };
}

/** Ends with the test. Answers its port. */
export async function httpServer(
  listener: RequestListener,
  certificate?: { key: string; cert: string },
): Promise<number> {
  return listening(certificate ? createHttps(certificate, listener) : createHttp(listener));
}

/** A server that takes connections and says nothing, or what `onConnect` says. Counts the bytes it is sent. */
export async function tcpServer(onConnect?: (socket: Socket) => void): Promise<{ port: number; bytes: () => number }> {
  let bytes = 0;
  const server = createTcp((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (bytes += chunk.length));
    onConnect?.(socket);
  });
  return { port: await listening(server), bytes: () => bytes };
}

/** A carrier that says 403 to whoever it does not know, over UDP. Lives as long as the process. */
export async function sipAnswerer(): Promise<number> {
  const socket = createSocket('udp4');
  socket.unref();
  socket.on('message', (_, from) =>
    socket.send('SIP/2.0 403 Forbidden\r\nContent-Length: 0\r\n\r\n', from.port, from.address),
  );
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket.address().port;
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createTcp();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  for (const event of ['connection', 'secureConnection'])
    server.on(event, (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
  // Clients that refuse a certificate are what is tested.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
