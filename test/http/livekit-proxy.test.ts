import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type HttpServer, startServer } from '../../src/http/server.ts';

/** The far end: what livekit-server's signalling looks like to a proxy. */
async function farEnd() {
  const sockets = new Set<WebSocket>();
  const asked: { url: string; headers: Record<string, unknown> }[] = [];
  const server: Server = createServer((request, response) => {
    asked.push({ url: request.url!, headers: request.headers });
    response.writeHead(request.url!.includes('bad') ? 401 : 200, { 'Content-Type': 'text/plain', 'X-Far': '1' });
    response.end('success');
  });
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    asked.push({ url: request.url!, headers: request.headers });
    if (request.url!.includes('bad'))
      return socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\n\r\nbad token');
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket);
      webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
      webSocket.on('close', () => sockets.delete(webSocket));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, sockets, close: () => (server.closeAllConnections(), server.close()) };
}

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function proxied(...livekitUrls: string[]): Promise<HttpServer> {
  const app = new Hono().get('/other', (c) => c.text('ours'));
  const logger = pino({ level: 'silent' });
  const options = { app, host: '127.0.0.1', port: 0, livekitUrls, draining: new AbortController(), logger };
  const server = await startServer(options);
  open.push(() => server.close());
  return server;
}

async function opened() {
  const far = await farEnd();
  open.push(far.close);
  const server = await proxied(far.url);
  return { far, server, wsUrl: server.url.replace('http', 'ws') };
}

test('joins a WebSocket under /rtc with that of LiveKit, text and binary, both ways', async () => {
  const { far, wsUrl } = await opened();
  const socket = new WebSocket(`${wsUrl}/rtc/v1?access_token=secret`);
  await once(socket, 'open');
  expect(far.asked[0]?.url).toBe('/rtc/v1?access_token=secret');
  socket.send('hello');
  expect(String((await once(socket, 'message'))[0])).toBe('hello');
  const large = Buffer.alloc(3_000_000, 7);
  socket.send(large);
  const [echo] = (await once(socket, 'message')) as [Buffer];
  expect(echo.equals(large)).toBe(true);
  socket.close(4000, 'done');
  await once(socket, 'close');
  await expect.poll(() => far.sockets.size).toBe(0);
});

test('hands on plain requests under /rtc, with their status', async () => {
  const { far, server } = await opened();
  const good = await fetch(`${server.url}/rtc/validate?access_token=x`, { headers: { 'X-Forwarded-For': '10.0.0.9' } });
  expect([good.status, await good.text(), good.headers.get('x-far')]).toEqual([200, 'success', '1']);
  expect(far.asked[0]?.headers['x-forwarded-for']).toMatch(/^10\.0\.0\.9, (::ffff:)?127\.0\.0\.1$/);
  expect((await fetch(`${server.url}/rtc/validate?bad`)).status).toBe(401);
});

test('hands on a refused upgrade as it is', async () => {
  const { wsUrl } = await opened();
  const socket = new WebSocket(`${wsUrl}/rtc?bad`);
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(answer.statusCode).toBe(401);
});

test('leaves every other path to the app, and refuses a WebSocket there', async () => {
  const { far, server, wsUrl } = await opened();
  expect(await (await fetch(`${server.url}/other`)).text()).toBe('ours');
  for (const path of ['/rtcx', '/api/rtc', '/twirp/livekit.RoomService/ListRooms']) {
    const socket = new WebSocket(wsUrl + path);
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(answer.statusCode).toBe(404);
  }
  expect(far.asked).toEqual([]);
});

test('answers 502 while LiveKit is away', async () => {
  const server = await proxied('ws://127.0.0.1:1');
  expect((await fetch(`${server.url}/rtc/validate`)).status).toBe(502);
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/rtc`);
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(answer.statusCode).toBe(502);
});

test('goes to the next server of the list when one is away, and asks that one first from then on', async () => {
  const far = await farEnd();
  open.push(far.close);
  const server = await proxied('ws://127.0.0.1:1', far.url, 'ws://127.0.0.1:2');
  expect((await fetch(`${server.url}/rtc/validate?access_token=x`)).status).toBe(200);
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/rtc`);
  await once(socket, 'open');
  socket.send('hello');
  expect(String((await once(socket, 'message'))[0])).toBe('hello');
  expect(far.asked).toHaveLength(2);
  socket.terminate();
});

test('a side that breaks off takes the other with it, and the server stays up', async () => {
  const { far, server, wsUrl } = await opened();
  const first = new WebSocket(`${wsUrl}/rtc`);
  await once(first, 'open');
  first.terminate();
  await expect.poll(() => far.sockets.size).toBe(0);
  const second = new WebSocket(`${wsUrl}/rtc`);
  second.on('error', () => {});
  await once(second, 'open');
  await expect.poll(() => far.sockets.size).toBe(1);
  for (const socket of far.sockets) socket.terminate();
  await once(second, 'close');
  expect((await fetch(`${server.url}/other`)).status).toBe(200);
});

test('a client that does not read slows the far end instead of filling our memory', async () => {
  const { far, server } = await opened();
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    'GET /rtc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  socket.pause();
  await expect.poll(() => far.sockets.size).toBe(1);
  const [webSocket] = far.sockets;
  const sentBytes = 64 * 1024 * 1024;
  webSocket!.send(Buffer.alloc(sentBytes));
  await sleep(300);
  // What the kernel's buffers of two connections hold is little of it; the rest still waits at the far end.
  expect(webSocket!.bufferedAmount).toBeGreaterThan(sentBytes / 2);
  socket.destroy();
  await expect.poll(() => far.sockets.size).toBe(0);
});

test('closing the server ends joined WebSockets at once', async () => {
  const { far, server, wsUrl } = await opened();
  const socket = new WebSocket(`${wsUrl}/rtc`);
  socket.on('error', () => {});
  await once(socket, 'open');
  await Promise.all([once(socket, 'close'), server.close()]);
  await expect.poll(() => far.sockets.size).toBe(0);
});
