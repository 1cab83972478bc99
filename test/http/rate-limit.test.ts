import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { Redis } from 'ioredis';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import type { ApiKey } from '../../src/calls/ports.ts';
import type { ApiEnv } from '../../src/http/dependencies.ts';
import { renderErrors } from '../../src/http/problem.ts';
import { openLimitRedis } from '../../src/http/door/limit-redis.ts';
import { rateLimit } from '../../src/http/door/rate-limit.ts';
import { watchDependencies } from '../../src/telemetry/dependency-health.ts';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const close: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of close.splice(0).reverse()) await each();
});

/** One replica with three requests a minute. */
function replica(redis?: Redis) {
  return new Hono<ApiEnv>()
    .use(async (c, next) => {
      c.set('key', { id: c.req.header('x-key') } as ApiKey);
      c.set('logger', pino({ level: 'silent' }));
      await next();
    })
    .use(rateLimit({ requests: 3, windowSeconds: 60, ...(redis && { redis }) }))
    .get('/', (c) => c.text('ok'))
    .onError(renderErrors({ health: () => ({}) }));
}

async function remaining(app: ReturnType<typeof replica>, key: string): Promise<[number, string | null]> {
  const { status, headers } = await app.request('/', { headers: { 'X-Key': key } });
  return [status, headers.get('ratelimit-remaining')];
}

test('counts each key by itself', async () => {
  const app = replica();
  for (const left of ['2', '1', '0']) expect(await remaining(app, 'a')).toEqual([200, left]);
  expect(await remaining(app, 'a')).toEqual([429, '0']);
  expect(await remaining(app, 'b')).toEqual([200, '2']);
});

test.skipIf(!hasRedis)('is one count for all replicas with Redis, and goes on without it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-redis-'));
  close.push(() => rm(folder, { recursive: true }));
  const path = join(folder, 'socket');
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { cwd: folder });
  close.push(() => server.kill('SIGKILL'));
  await expect.poll(() => spawnSync('redis-cli', ['-s', path, 'ping']).stdout.toString()).toBe('PONG\n');
  const [first, second] = await Promise.all([0, 1].map(() => connected(path)));

  expect(await remaining(replica(first), 'a')).toEqual([200, '2']);
  const other = replica(second);
  expect(await remaining(other, 'a')).toEqual([200, '1']);

  server.kill('SIGKILL');
  await once(server, 'exit');
  await expect.poll(() => second!.status).not.toBe('ready');
  expect(await remaining(other, 'a')).toEqual([200, '2']);
});

test.skipIf(!hasRedis)('a Redis that hangs delays no request, and is known to be away within two seconds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-redis-'));
  close.push(() => rm(folder, { recursive: true }));
  const path = join(folder, 'socket');
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { cwd: folder });
  close.push(() => server.kill('SIGKILL'));
  await expect.poll(() => spawnSync('redis-cli', ['-s', path, 'ping']).stdout.toString()).toBe('PONG\n');
  const limit = openLimitRedis({ path }, () => {});
  close.push(() => limit.close());
  await expect.poll(() => limit.redis.status).toBe('ready');
  const watch = watchDependencies({ checks: { redis: () => limit.ping() } });
  close.push(() => watch.close());
  const app = replica(limit.redis);
  expect(await remaining(app, 'a')).toEqual([200, '2']);

  server.kill('SIGSTOP');
  const frozenMs = performance.now();
  const first = remaining(app, 'b');
  await expect.poll(() => watch.states()['redis']?.status, { timeout: 5_000 }).toBe('down');
  expect(performance.now() - frozenMs).toBeLessThan(2_000);
  expect(await first).toEqual([200, '2']);
  const askedMs = performance.now();
  for (const left of ['1', '0']) expect(await remaining(app, 'b')).toEqual([200, left]);
  expect(performance.now() - askedMs).toBeLessThan(1_000);

  server.kill('SIGCONT');
  await expect.poll(() => watch.states()['redis']?.status, { timeout: 10_000 }).toBe('up');
  expect(await remaining(app, 'a')).toEqual([200, '1']);
});

async function connected(path: string): Promise<Redis> {
  const redis = new Redis({ path, lazyConnect: true });
  redis.on('error', () => {});
  close.push(() => redis.disconnect());
  await redis.connect();
  return redis;
}
