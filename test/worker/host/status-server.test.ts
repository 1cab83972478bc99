import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { startStatusServer, type WorkerStatus } from '../../../src/worker/host/status-server.ts';

const well: WorkerStatus = {
  draining: false,
  connected: true,
  readyProcesses: () => 2,
  activeCalls: () => 1,
  reserved: () => 2,
  capacity: () => 24,
  providers: () => ({ 'deepgram-stt': { state: 'open', retryAt: Date.UTC(2026, 0, 1), code: 'timeout' } }),
  dependencies: () => ({ livekit: { status: 'up' } }),
};

let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

async function start(worker: Partial<WorkerStatus> = {}, { token, port = 0 }: { token?: string; port?: number } = {}) {
  const server = await startStatusServer({
    worker: { ...well, ...worker },
    version: '1.2.3',
    metrics: async () => 'parley_worker_connected 1\n',
    metricsToken: token,
    host: '127.0.0.1',
    port,
  });
  close = () => server.close();
  return async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(server.url + path, { headers });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as object) : text };
  };
}

test('a worker is ready while LiveKit can give it calls and there is a process to run them', async () => {
  expect(await (await start())('/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  for (const [worker, status] of [
    [{ draining: true }, 'draining'],
    [{ connected: false }, 'not_ready'],
    [{ readyProcesses: () => 0 }, 'not_ready'],
  ] as const) {
    await close?.();
    expect(await (await start(worker))('/ready')).toMatchObject({ status: 503, body: { status } });
  }
});

test('it lives whatever it cannot reach, and says what that is and which providers its calls go around', async () => {
  const ask = await start({ dependencies: () => ({ livekit: { status: 'down', message: 'Not registered.' } }) });
  expect(await ask('/health')).toEqual({
    status: 200,
    body: {
      status: 'degraded',
      version: '1.2.3',
      dependencies: { livekit: { status: 'down', message: 'Not registered.' } },
      calls: { active: 1, reserved: 2, capacity: 24 },
      providers: { 'deepgram-stt': { status: 'down', code: 'timeout', retry_at: '2026-01-01T00:00:00.000Z' } },
    },
  });
});

test('metrics are for who is near, or has the token', async () => {
  const near = await start();
  expect(await near('/metrics')).toEqual({ status: 200, body: 'parley_worker_connected 1\n' });
  expect((await near('/metrics', { 'X-Forwarded-For': '10.0.0.1' })).status).toBe(401);
  await close?.();
  const guarded = await start({}, { token: 'a-token' });
  expect((await guarded('/metrics')).status).toBe(401);
  expect((await guarded('/metrics', { Authorization: 'Bearer a-token' })).status).toBe(200);
});

test('a port that is taken is named, with what to set', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const { port } = blocker.address() as AddressInfo;
  close = () => new Promise((resolve) => blocker.close(() => resolve()));
  await expect(start({}, { port })).rejects.toThrow(`port ${port} is taken by another program. Set PARLEY_WORKER_PORT`);
});
