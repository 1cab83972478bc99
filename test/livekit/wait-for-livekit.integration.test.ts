import { createServer as createHttpServer } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { waitForLivekit } from '../../src/livekit/wait-for-livekit.ts';
import { livekit } from '../setup/servers.ts';

test('a server that answers is waited for no longer', async () => {
  const said: string[] = [];
  await waitForLivekit({ connection: livekit(), waitSeconds: 5, log: (message) => said.push(message) });
  expect(said).toEqual([]);
});

test('a wrong key ends the wait at once', async () => {
  const connection = { ...livekit(), apiKey: 'nobody' };
  await expect(waitForLivekit({ connection, waitSeconds: 600 })).rejects.toMatchObject({ code: 'livekit_unavailable' });
});

test('a server that is still starting is waited for, which is said once', async () => {
  let asked = 0;
  const server = createHttpServer((_request, response) => {
    asked += 1;
    const ready = asked > 2;
    response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json' }).end(ready ? '{"rooms":[]}' : '{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const said: string[] = [];
  try {
    const connection = { ...livekit(), url: `ws://127.0.0.1:${port}` };
    await waitForLivekit({ connection, waitSeconds: 20, log: (message) => said.push(message) });
  } finally {
    server.close();
  }
  expect(asked).toBe(3);
  expect(said).toEqual([expect.stringContaining(`127.0.0.1:${port}`)]);
});

test('a wait can be given up', async () => {
  const connection = { url: 'ws://127.0.0.1:1', apiKey: 'k', apiSecret: 's'.repeat(32) };
  const signal = AbortSignal.timeout(150);
  await expect(waitForLivekit({ connection, waitSeconds: 600, signal })).rejects.toMatchObject({ name: 'AbortError' });
});
