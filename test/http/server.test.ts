import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { selfSignedCertificate } from '../../src/http/https.ts';
import { startServer } from '../../src/http/server.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

function options(app = new Hono()) {
  return {
    app,
    host: '127.0.0.1',
    port: 0,
    livekitUrls: ['ws://127.0.0.1:1'],
    draining: new AbortController(),
    logger: pino({ level: 'silent' }),
  };
}

test('a taken port is told with what to do', async () => {
  const first = await startServer(options());
  open.push(() => first.close());
  const port = Number(new URL(first.url).port);
  await expect(startServer({ ...options(), port })).rejects.toThrow(
    `Port ${port} is taken by another program. Stop that program, or set PARLEY_PORT to a free port.`,
  );
});

test('an address of another machine is told with what to do', async () => {
  await expect(startServer({ ...options(), host: '192.0.2.1' })).rejects.toThrow(/PARLEY_HOST/);
});

test('tells an address that can be opened, also when it listens everywhere', async () => {
  const server = await startServer({ ...options(new Hono().get('/', (c) => c.text('here'))), host: '0.0.0.0' });
  open.push(() => server.close());
  expect(server.url).toMatch(/^http:\/\/localhost:\d+$/);
  expect(await (await fetch(server.url)).text()).toBe('here');
});

test('close lets a running request finish, refuses new ones, and may be called twice', async () => {
  const arrived = Promise.withResolvers<void>();
  const proceed = Promise.withResolvers<void>();
  const app = new Hono().get('/slow', async (c) => {
    arrived.resolve();
    await proceed.promise;
    return c.text('done');
  });
  const settings = options(app);
  const server = await startServer(settings);
  const slow = fetch(`${server.url}/slow`);
  await arrived.promise;
  const closing = Promise.all([server.close(), server.close()]);
  expect(settings.draining.signal.aborted).toBe(true);
  await expect(fetch(server.url)).rejects.toThrow();
  proceed.resolve();
  expect(await (await slow).text()).toBe('done');
  await closing;
});

test('close waits no longer than its grace for a request that hangs', async () => {
  const app = new Hono().get('/never', () => new Promise<Response>(() => {}));
  const server = await startServer({ ...options(app), graceSeconds: 0.1 });
  const never = fetch(`${server.url}/never`);
  never.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server.close();
  await expect(never).rejects.toThrow();
});

test('serves https with a certificate for every local name, which is kept', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-https-'));
  open.push(() => rm(dataDir, { recursive: true }));
  const certificate = await selfSignedCertificate(dataDir);
  expect(await selfSignedCertificate(dataDir)).toEqual(certificate);
  expect((await stat(join(dataDir, 'https', 'key.pem'))).mode & 0o777).toBe(0o600);
  const parsed = new X509Certificate(certificate.cert);
  expect(parsed.checkHost('localhost')).toBeTruthy();
  expect(parsed.checkIP('127.0.0.1')).toBeTruthy();

  const server = await startServer({ ...options(new Hono().get('/', (c) => c.text('safe'))), certificate });
  open.push(() => server.close());
  const body = await new Promise<string>((resolve, reject) => {
    const { port } = new URL(server.url);
    request({ host: 'localhost', port, ca: certificate.cert, path: '/' }, (response) => {
      response.setEncoding('utf8').on('data', resolve);
    })
      .on('error', reject)
      .end();
  });
  expect(body).toBe('safe');
});

test('a certificate that is damaged is made anew', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-https-'));
  open.push(() => rm(dataDir, { recursive: true }));
  const first = await selfSignedCertificate(dataDir);
  await writeFile(join(dataDir, 'https', 'cert.pem'), 'damaged');
  const second = await selfSignedCertificate(dataDir);
  expect(second.cert).not.toBe(first.cert);
  expect(new X509Certificate(second.cert).subject).toMatch('Parley');
});
