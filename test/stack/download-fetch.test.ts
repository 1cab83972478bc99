import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { downloadFetch } from '../../src/stack/download-fetch.ts';
import { downloadFile } from '../../src/stack/models/download-file.ts';

/** A file server, and an HTTP proxy that leads every host to it: what arrives by a name under .invalid came through the proxy. */
const asked: string[] = [];
const files = createServer((_request, response) => void response.end('a model'));
const proxy = createServer((request: IncomingMessage, response) => {
  asked.push(`GET ${request.url}`);
  response.end('a model');
}).on('connect', ({ url }: IncomingMessage, client) => {
  asked.push(`CONNECT ${url}`);
  const far = connect((files.address() as AddressInfo).port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    far.pipe(client).pipe(far);
  }).on('error', () => client.destroy());
  client.on('error', () => far.destroy());
});
const addressOf = (server: typeof files) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  for (const server of [files, proxy]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
afterAll(() => {
  for (const server of [files, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

const textOf = async (url: string, env: Record<string, string>) => {
  asked.length = 0;
  return (await downloadFetch(env)(url)).text();
};

test.each(['HTTP_PROXY', 'http_proxy'])('a download goes through the proxy of %s', async (name) => {
  expect(await textOf('http://models.invalid/a.bin', { [name]: addressOf(proxy) })).toBe('a model');
  expect(asked).toEqual([expect.stringContaining('models.invalid')]);
});

test('one over TLS asks the proxy of HTTPS_PROXY, or else of HTTP_PROXY, for a tunnel', async () => {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY']) {
    // The far end speaks no TLS, so the handshake fails; what counts is who was asked.
    await expect(textOf('https://models.invalid/a.bin', { [name]: addressOf(proxy) })).rejects.toThrow();
    expect(asked).toEqual(['CONNECT models.invalid:443']);
  }
});

test('hosts of NO_PROXY and this machine are asked directly', async () => {
  const through = { HTTP_PROXY: addressOf(proxy) };
  expect(await textOf(`${addressOf(files)}/a`, through)).toBe('a model');
  expect(asked).toEqual([]);
  await expect(
    textOf('http://models.invalid/a', { ...through, NO_PROXY: 'other.invalid, .invalid' }),
  ).rejects.toThrow();
  expect(asked).toEqual([]);
});

test('models are downloaded through it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-proxy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  asked.length = 0;
  await downloadFile({
    url: 'http://models.invalid/tiny.onnx',
    destination: join(folder, 'tiny.onnx'),
    bytes: 7,
    sha256: createHash('sha256').update('a model').digest('hex'),
    onProgress: () => undefined,
    fetch: downloadFetch({ HTTP_PROXY: addressOf(proxy) }),
  });
  expect(readFileSync(join(folder, 'tiny.onnx'), 'utf8')).toBe('a model');
  expect(asked).toHaveLength(1);
});
