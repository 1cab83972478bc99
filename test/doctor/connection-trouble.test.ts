import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { askHttp } from '../../src/doctor/ask-http.ts';
import { certificateEnd } from '../../src/doctor/certificate-end.ts';
import { connectionTrouble } from '../../src/doctor/connection-trouble.ts';
import { openConnection } from '../../src/doctor/open-connection.ts';
import { aCertificate, closedPort, httpServer, tcpServer } from './small-server.ts';

const signal = AbortSignal.timeout(20_000);

async function trouble(url: string, trusted?: string[]) {
  const error: unknown = await askHttp(url, { signal, trusted }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return connectionTrouble(error, { who: 'It', at: new URL(url).host, setting: 'SOME_URL' });
}

test('a port where nothing listens', async () => {
  const port = await closedPort();
  expect(await trouble(`http://127.0.0.1:${port}`)).toEqual({
    message: `It does not answer at 127.0.0.1:${port}: nothing listens there.`,
    cure: 'Start it, or correct host and port in SOME_URL.',
  });
});

test('the same, where a name has several addresses that were all tried', async () => {
  const port = await closedPort();
  const error = await new Promise<Error>((resolve) =>
    connect({ host: 'localhost', port, autoSelectFamily: true }).once('error', resolve),
  );
  const { message } = connectionTrouble(error, { who: 'It', at: `localhost:${port}`, setting: 'SOME_URL' });
  expect(message).toMatch(/nothing listens there/);
});

test('a name that does not exist', async () => {
  expect((await trouble('http://nobody.invalid:1')).message).toBe(
    'The host name nobody.invalid of It is not known to the name service.',
  );
});

test('TLS where there is none, and none where there is TLS', async () => {
  const plain = await httpServer((_, response) => response.end());
  expect((await trouble(`https://127.0.0.1:${plain}`)).message).toMatch(/does not speak TLS/);
  const secure = await tcpServer((socket) => socket.destroy());
  expect((await trouble(`http://127.0.0.1:${secure.port}`)).cure).toMatch(/the port wants TLS/);
});

test('certificates: by itself, for another name, expired', async () => {
  const own = await aCertificate(100);
  const port = await httpServer((_, response) => response.end(), own);
  expect((await trouble(`https://localhost:${port}`)).message).toMatch(/signed by itself/);
  const other = await aCertificate(100, 'other.example.com');
  const otherPort = await httpServer((_, response) => response.end(), other);
  expect((await trouble(`https://localhost:${otherPort}`, [other.cert])).message).toMatch(/made for another name/);
  const old = await aCertificate(-2);
  const oldPort = await httpServer((_, response) => response.end(), old);
  expect((await trouble(`https://localhost:${oldPort}`, [old.cert])).message).toMatch(/has expired/);
});

test('a server that takes the connection and says nothing', async () => {
  const { port } = await tcpServer();
  const error: unknown = await askHttp(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(50) }).catch(
    (reason: unknown) => reason,
  );
  const { message } = connectionTrouble(error, { who: 'It', at: `127.0.0.1:${port}`, setting: 'SOME_URL' });
  expect(message).toMatch(/in time/);
});

test('a certificate that lasts, and one that ends within two weeks', async () => {
  for (const [days, status] of [
    [60, 'ok'],
    [13, 'warning'],
  ] as const) {
    const certificate = await aCertificate(days);
    const port = await httpServer((_, response) => response.end(), certificate);
    const tls = { name: 'localhost', trusted: [certificate.cert] };
    const found = await openConnection({ host: '127.0.0.1', port, tls, signal });
    expect(certificateEnd(found!, 'localhost')).toMatchObject({
      status,
      message: expect.stringContaining(`${days} `) as string,
    });
  }
});
