import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpServer, startServer } from '../../src/http/server.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
let server: HttpServer;
let port: number;

beforeAll(async () => {
  api = await openApi();
  server = await startServer({
    app: api.app,
    host: '127.0.0.1',
    port: 0,
    livekitUrls: ['ws://127.0.0.1:1'],
    draining: new AbortController(),
    graceSeconds: 0,
    countsByItself: () => true,
    logger: api.deps.logger,
  });
  port = Number(new URL(server.url).port);
});
afterAll(async () => {
  await server.close();
  await api.close();
});

async function opened(head: string): Promise<{ socket: Socket; text: () => string }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (data) => (text += String(data)));
  socket.on('error', () => undefined);
  socket.write(head);
  await once(socket, 'connect');
  return { socket, text: () => text };
}

test.each(['/api/dispatch', '/api/leads/import', '/mcp'])(
  'nothing of a body to %s is read before the key is known, and the connection ends',
  async (path) => {
    let pulled = 0;
    const body = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
        if (pulled === 100) controller.close();
      },
    });
    const answer = await api.app.request(path, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('connection')).toBe('close');
    // What the stream holds ready by itself.
    expect(pulled).toBeLessThanOrEqual(1);
  },
);

test('a request without a key is answered while it is still being sent', async () => {
  const head = 'POST /api/dispatch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const { socket, text } = await opened(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"to"\r\n`);
  await once(socket, 'end');
  expect(text()).toMatch(/^HTTP\/1.1 401 /);
});

test('who does not finish the head of a request is let go', async () => {
  const startedMs = performance.now();
  const { socket } = await opened('GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  await once(socket, 'close');
  expect(performance.now() - startedMs).toBeLessThan(15_000);
});

test('a head that never ends is refused', async () => {
  const { socket, text } = await opened(`GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`);
  await once(socket, 'close');
  expect(text()).toMatch(/^HTTP\/1.1 431 /);
});

test('an address that sends bad keys is asked to wait, while a good key goes on', async () => {
  const from = { 'X-Forwarded-For': '198.51.100.7' };
  expect((await api.send('GET', '/api/calls', { headers: from })).status).toBe(200);
  const bad = async () => (await api.send('GET', '/api/calls', { key: 'x'.repeat(32), headers: from })).status;
  const seen = new Set<number>();
  for (let each = 0; each < 125; each += 1) seen.add(await bad());
  expect([...seen]).toEqual([401, 429]);
  const refused = await api.send('GET', '/api/calls', { key: null, headers: from });
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await api.send('GET', '/api/calls', { headers: from })).status).toBe(200);
  expect((await api.send('GET', '/api/calls', { key: null })).status).toBe(401);
});

test('one address holds so many connections, and no more', async () => {
  const sockets = await Promise.all(Array.from({ length: 300 }, () => opened('')));
  const held = () => sockets.filter(({ socket }) => !socket.closed).length;
  await expect.poll(held).toBeLessThanOrEqual(256);
  for (const { socket } of sockets) socket.destroy();
  await expect.poll(async () => (await fetch(`${server.url}/health`).catch(() => undefined))?.status).toBe(200);
});

test('a key is looked up where nothing can be written', async () => {
  const key = await api.keyOf('tenant_a');
  await api.database.pool.query(
    'ALTER TABLE parley.api_keys ADD CONSTRAINT never_used CHECK (last_used_at IS NULL) NOT VALID',
  );
  try {
    expect((await api.send('GET', '/api/calls', { key })).status).toBe(200);
  } finally {
    await api.database.pool.query('ALTER TABLE parley.api_keys DROP CONSTRAINT never_used');
  }
});
