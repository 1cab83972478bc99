import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { composeDoctor } from '../../src/compose/compose-doctor.ts';
import { inspectSettings } from '../../src/config.ts';
import { container } from '../../src/doctor/checks/container.ts';
import { disk, spaceLeft } from '../../src/doctor/checks/disk.ts';
import { dns } from '../../src/doctor/checks/dns.ts';
import { models } from '../../src/doctor/checks/models.ts';
import { node } from '../../src/doctor/checks/node.ts';
import { ports } from '../../src/doctor/checks/ports.ts';
import { redis } from '../../src/doctor/checks/redis.ts';
import { settings } from '../../src/doctor/checks/settings.ts';
import { inContainer } from '../../src/doctor/in-container.ts';
import { unencodedPassword } from '../../src/doctor/unencoded-password.ts';
import { aContext, linesOf } from './a-context.ts';
import { closedPort, httpServer, tcpServer } from './small-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('settings', () => {
  test('names every wrong one with its cure', async () => {
    const env = { PARLEY_PORT: 'eighty', SIP_TRUNK_ID: 'TK0123456789abcdef', LIVEKIT_URL: 'ws://livekit' };
    expect(await linesOf(settings, aContext(env))).toEqual([
      'failed: PARLEY_PORT=eighty is not valid. → Use a free port from 1 to 65535, such as 8080.',
      expect.stringMatching(/SIP_TRUNK_ID=TK0123456789abcdef is not valid\. → .*TK.*`parley trunk list` shows them/),
      expect.stringMatching(/LIVEKIT_API_KEY or LIVEKIT_API_SECRET is missing\. → Use a pair/),
    ]);
  });

  test('says which characters of a database password break the address, and shows none of it', async () => {
    const lines = await linesOf(settings, aContext({ DATABASE_URL: 'postgresql://u:hunter/22@db:5432/parley' }));
    expect(lines).toEqual([expect.stringMatching(/^failed: DATABASE_URL is not valid\. → .*\/ as %2F/)]);
    expect(lines.join()).not.toContain('hunter');
  });

  test('warns of what the environment overrules and of names that look misspelt', async () => {
    const unknown = ['PARLEY_PROT', 'LIVEKIT_PORT', 'N8N_DOMAIN'];
    const reading = { problems: [], overruled: ['OLLAMA_URL' as const], unknown };
    expect(await linesOf(settings, aContext({}, { reading }))).toEqual([
      expect.stringMatching(/^warning: OLLAMA_URL is set in \.env, but/),
      'warning: .env has PARLEY_PROT, which is not a setting of Parley. → If PARLEY_PORT is meant, rename it.',
    ]);
  });

  test('are well when they are', async () => {
    expect(await linesOf(settings, aContext())).toEqual(['ok: 1 is given, all are right.']);
  });
});

test.each([
  ['postgresql://u:plain@db/parley', false],
  ['postgresql://u:a%40b%2Fc@db/parley', false],
  ['postgresql://u@db/parley', false],
  ['postgresql://db:5432/parley', false],
  ['postgresql://u:a/b@db/parley', true],
  ['postgresql://u:a#b@db/parley', true],
  ['postgresql://u:a:b@db/parley', true],
  ['postgresql://u:a@b@db/parley', true],
  ['postgresql://u:50%off@db/parley', true],
  // What a # in an unquoted line of .env leaves.
  ['postgresql://u:secret', true],
])('%s has special characters in its password: %s', (url, expected) => {
  expect(unencodedPassword(url) !== undefined).toBe(expected);
});

test.each([
  ['24.21.0', 'ok'],
  ['22.18.0', 'ok'],
  ['22.17.1', 'failed'],
  ['20.20.2', 'failed'],
  ['25.1.0', 'warning'],
])('Node %s is %s', async (nodeVersion, status) => {
  const machine = { nodeVersion, inContainer: false };
  expect(await linesOf(node, aContext({}, { machine }))).toEqual([expect.stringMatching(`^${status}`)]);
});

test('a data folder is well, cannot be written, or has no space left', async () => {
  expect(await linesOf(disk, aContext({ PARLEY_DATA_DIR: join(folder, 'new', 'data') }))).toEqual([
    expect.stringMatching(/^(ok|warning): .*GB are free/i),
  ]);
  // Nobody, root included, makes folders in /proc: it has no space.
  expect(await linesOf(disk, aContext({ PARLEY_DATA_DIR: '/proc/parley' }))).toEqual([
    expect.stringMatching(/^failed/),
  ]);
  expect(spaceLeft('/data', 100e6)).toMatchObject({
    status: 'failed',
    cure: expect.stringContaining('Free') as string,
  });
  expect(spaceLeft('/data', 500e6)).toMatchObject({ status: 'warning' });
});

test('embedded models are missing, damaged, or not used', async () => {
  expect(await linesOf(models, aContext({ PARLEY_DATA_DIR: folder }))).toEqual([
    expect.stringMatching(/^warning: \d+ files .*not here yet\. → `parley prepare`/),
  ]);
  mkdirSync(join(folder, 'models', 'espeak-ng-data'), { recursive: true });
  writeFileSync(join(folder, 'models', 'espeak-ng-data', 'phontab'), 'x');
  expect(await linesOf(models, aContext({ PARLEY_DATA_DIR: folder }))).toEqual([
    expect.stringMatching(/^failed: Damaged: espeak-ng-data\/phontab\. → `parley prepare`/),
  ]);
  expect(await linesOf(models, aContext({ PARLEY_EMBEDDED: '0' }))).toEqual([expect.stringMatching(/^skipped/)]);
});

describe('ports', () => {
  const others = async () => {
    const [livekit, postgres] = [await closedPort(), await closedPort()];
    return { PARLEY_LIVEKIT_PORT: `${livekit}`, PARLEY_POSTGRES_PORT: `${postgres}` };
  };

  test('are free, or taken by a program that is named', async () => {
    const { port } = await tcpServer();
    const lines = await linesOf(ports, aContext({ ...(await others()), PARLEY_PORT: `${port}` }));
    expect(lines[0]).toMatch(
      new RegExp(
        `^failed: Port ${port} for the API is taken by .*process ${process.pid}.* → .*second stack.*set PARLEY_PORT`,
      ),
    );
    expect(lines.slice(1).every((line) => line.startsWith('ok'))).toBe(true);
  });

  test('may be used by a Parley, which tells its health', async () => {
    const port = await httpServer((_, response) => response.end('{"version":"1","dependencies":{}}'));
    const lines = await linesOf(ports, aContext({ ...(await others()), PARLEY_PORT: `${port}` }));
    expect(lines[0]).toMatch(new RegExp(`^ok: Port ${port} for the API is used by Parley`));
  });

  test('need an address of this machine', async () => {
    const lines = await linesOf(ports, aContext({ ...(await others()), PARLEY_HOST: '192.0.2.1' }));
    expect(lines[0]).toMatch(/^failed: 192\.0\.2\.1 is not an address of this machine/);
  });
});

describe('container', () => {
  test('is told by its marks', () => {
    const root = join(folder, 'root');
    mkdirSync(join(root, 'proc/1'), { recursive: true });
    writeFileSync(join(root, 'proc/1/cgroup'), '0::/init.scope\n');
    expect(inContainer(root)).toBe(false);
    writeFileSync(join(root, 'proc/1/cgroup'), '0::/kubepods/besteffort\n');
    expect(inContainer(root)).toBe(true);
    writeFileSync(join(root, 'proc/1/cgroup'), '0::/\n');
    writeFileSync(join(root, '.dockerenv'), '');
    expect(inContainer(root)).toBe(true);
  });

  const machine = { nodeVersion: '24.0.0', inContainer: true };
  test('warns of addresses of this host only where nobody answers', async () => {
    const [{ port }, closed] = [await tcpServer(), await closedPort()];
    const env = { OLLAMA_URL: `http://127.0.0.1:${port}`, PIPER_URL: `tcp://localhost:${closed}` };
    expect(await linesOf(container, aContext(env, { machine }))).toEqual([
      expect.stringMatching(new RegExp(`^failed: PIPER_URL leads to localhost:${closed}.* → Inside a container`)),
    ]);
    expect(await linesOf(container, aContext({ OLLAMA_URL: env.OLLAMA_URL }, { machine }))).toEqual([
      'ok: What is set to this host answers here.',
    ]);
    expect(await linesOf(container, aContext(env))).toEqual(['skipped: This is not a container.']);
  });
});

test('public names are known, lead inwards, or are not known', async () => {
  const lookup = async (host: string) => {
    if (host === 'gone.example.com') throw new Error('ENOTFOUND');
    return [{ address: host.startsWith('inside') ? '10.0.0.7' : '93.184.215.14', family: 4 }];
  };
  const lines = (api: string, media: string) =>
    linesOf(dns, aContext({ PARLEY_PUBLIC_URL: api, LIVEKIT_PUBLIC_URL: media }, { lookup }));
  expect(await lines('https://api.example.com', 'wss://gone.example.com')).toEqual([
    'ok: api.example.com leads to 93.184.215.14.',
    expect.stringMatching(/^failed: gone\.example\.com of LIVEKIT_PUBLIC_URL is not known/),
  ]);
  expect(await lines('https://inside.example.com', 'ws://localhost:7880')).toEqual([
    expect.stringMatching(/^warning: inside\.example\.com leads to 10\.0\.0\.7/),
    expect.stringMatching(/^warning: LIVEKIT_PUBLIC_URL leads to localhost/),
  ]);
  expect(await linesOf(dns, aContext())).toEqual([expect.stringMatching(/^skipped/)]);
});

test('Redis answers, refuses the password, or is not there', async () => {
  const { pingRedis } = composeDoctor({ ...inspectSettings({}), overruled: [], unknown: [] }).context;
  /** Answers every command alike, in the protocol of Redis. */
  const saying = async (answer: string) =>
    (
      await tcpServer((socket) =>
        socket.on('data', (chunk: Buffer) => {
          for (const _ of chunk.toString().matchAll(/^\*\d+\r$/gm)) socket.write(`${answer}\r\n`);
        }),
      )
    ).port;
  const lines = (port: number) => linesOf(redis, aContext({ REDIS_URL: `redis://127.0.0.1:${port}` }, { pingRedis }));
  expect(await lines(await saying('+PONG'))).toEqual([expect.stringMatching(/^ok: Redis at .* answers/)]);
  expect(await lines(await saying('-NOAUTH Authentication required.'))).toEqual([
    expect.stringMatching(/^failed: .*refuses the password/),
  ]);
  expect(await lines(await closedPort())).toEqual([expect.stringMatching(/^failed: .*nothing listens there/)]);
  expect(await linesOf(redis, aContext())).toEqual([expect.stringMatching(/^skipped: REDIS_URL is not set/)]);
});
