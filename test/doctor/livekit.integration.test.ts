import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RoomServiceClient, SipClient } from 'livekit-server-sdk';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { executablePath } from '../../src/config.ts';
import { livekit as check } from '../../src/doctor/checks/livekit.ts';
import { publicLivekit } from '../../src/doctor/checks/public-livekit.ts';
import { ofService, sip } from '../../src/doctor/checks/sip.ts';
import { readTurnUrl, turn } from '../../src/doctor/checks/turn.ts';
import { livekitBinary } from '../../src/stack/livekit-binary.ts';
import { consoleProgress } from '../../src/stack/progress.ts';
import { freePorts } from '../commands/running-parley.ts';
import { type SipDouble, startSipDouble } from '../fakes/sip-double.ts';
import { livekit } from '../setup/servers.ts';
import { aContext, linesOf } from './a-context.ts';
import { closedPort, httpServer, sipAnswerer, tcpServer } from './small-server.ts';

function settings(more: Record<string, string> = {}): Record<string, string> {
  const { url, apiKey, apiSecret } = livekit();
  return { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret, ...more };
}

describe('livekit', () => {
  test('takes key and secret', async () => {
    expect(await linesOf(check, aContext(settings()))).toEqual([expect.stringMatching(/^ok: .*takes key and secret/)]);
  });

  test.each<[string, () => Promise<Record<string, string>>, RegExp]>([
    ['a wrong key', async () => ({ LIVEKIT_API_KEY: 'APIother' }), /does not know the key APIother.*another LiveKit/],
    [
      'a wrong secret',
      async () => ({ LIVEKIT_API_SECRET: 'f'.repeat(64) }),
      /knows the key API\w+, but the secret is wrong\. → Set LIVEKIT_API_SECRET/,
    ],
    ['nobody there', async () => ({ LIVEKIT_URL: `ws://127.0.0.1:${await closedPort()}` }), /nothing listens there/],
    ['TLS where there is none', async () => ({ LIVEKIT_URL: livekit().url.replace('ws', 'wss') }), /not speak TLS/],
    [
      'another program',
      async () => ({ LIVEKIT_URL: `ws://127.0.0.1:${await httpServer((_, answer) => answer.writeHead(404).end())}` }),
      /is not livekit-server \(HTTP 404\)/,
    ],
  ])('%s is told apart', async (_, change, says) => {
    const said = await linesOf(check, aContext(settings(await change())));
    expect(said).toEqual([expect.stringMatching(says)]);
    expect(said[0]).toMatch(/^failed/);
    // livekit-server repeats the token it refuses.
    expect(said[0]).not.toMatch(/eyJ|f{64}/);
  });

  test('without settings there is nothing to look at', async () => {
    expect(await linesOf(check, aContext())).toEqual([expect.stringMatching(/^skipped: LIVEKIT_URL is not set/)]);
  });
});

describe('the address for browsers', () => {
  test('lets one join, and leaves no room behind', async () => {
    const { url, apiKey, apiSecret } = livekit();
    const lines = await linesOf(publicLivekit, aContext(settings({ LIVEKIT_PUBLIC_URL: url })));
    expect(lines).toEqual([expect.stringMatching(/^ok: A browser can join at 127\.0\.0\.1/)]);
    const rooms = await new RoomServiceClient(url, apiKey, apiSecret).listRooms();
    expect(rooms.filter(({ name }) => name.startsWith('parley-doctor'))).toEqual([]);
  });

  test.each<[string, () => Promise<Record<string, string>>, RegExp]>([
    [
      'ws:// on a page with https',
      async () => ({ LIVEKIT_PUBLIC_URL: livekit().url, PARLEY_PUBLIC_URL: 'https://localhost' }),
      /LIVEKIT_PUBLIC_URL is ws:\/\/.* → Write wss:/,
    ],
    [
      'a proxy that passes no WebSocket',
      async () => ({ LIVEKIT_PUBLIC_URL: `ws://127.0.0.1:${await withoutUpgrades()}` }),
      /is refused \(HTTP 426\)\. → Let the proxy pass WebSockets/,
    ],
    [
      'another LiveKit',
      async () => ({
        LIVEKIT_PUBLIC_URL: `ws://127.0.0.1:${await httpServer((_, answer) => answer.writeHead(401).end('invalid API key: x'))}`,
      }),
      /does not know the key.* → LIVEKIT_PUBLIC_URL leads to another LiveKit than LIVEKIT_URL/,
    ],
    [
      'one that answers nothing',
      async () => ({ LIVEKIT_PUBLIC_URL: `ws://127.0.0.1:${await closedPort()}` }),
      /nothing listens there/,
    ],
  ])('%s', async (_, change, says) => {
    const said = await linesOf(publicLivekit, aContext(settings(await change())));
    expect(said).toEqual([expect.stringMatching(says)]);
    expect(said[0]).toMatch(/^failed/);
  });
});

describe('sip', () => {
  let double: SipDouble;
  let id = '';
  let address = '';
  beforeAll(async () => {
    double = await startSipDouble(livekit());
    const { apiKey, apiSecret } = livekit();
    address = `127.0.0.1:${await sipAnswerer()}`;
    const made = await new SipClient(double.url, apiKey, apiSecret).createSipOutboundTrunk('t', address, [
      '+14155550100',
    ]);
    id = made.sipTrunkId;
  });
  afterAll(() => double.close());
  const lines = (more: Record<string, string>) =>
    linesOf(sip, aContext(settings({ LIVEKIT_URL: double.url, ...more })));

  test('has the trunk, with its numbers and address', async () => {
    const [first] = await lines({ SIP_TRUNK_ID: id, SIP_FROM_NUMBER: '+14155550100' });
    expect(first).toBe(`ok: ${id} calls via ${address} with +14155550100.`);
    expect((await lines({}))[0]).toMatch(new RegExp(`^ok: SIP_TRUNK_ID is not set; LiveKit has ${id}`));
  });

  test('lacks the trunk, or the number', async () => {
    expect((await lines({ SIP_TRUNK_ID: 'ST_gone' }))[0]).toMatch(
      /^failed: LiveKit has no trunk ST_gone\. → .*`parley trunk list`/,
    );
    expect((await lines({ SIP_TRUNK_ID: id, SIP_FROM_NUMBER: '+14155550199' }))[0]).toMatch(
      /^failed: SIP_FROM_NUMBER \+14155550199 is not among the numbers/,
    );
  });

  test('names a carrier that cannot be found, inbound trunks that nobody answers, and one used to call', async () => {
    const { apiKey, apiSecret } = livekit();
    const client = new SipClient(double.url, apiKey, apiSecret);
    const lost = await client.createSipOutboundTrunk('t', 'carrier.invalid', ['+14155550101']);
    const inbound = await client.createSipInboundTrunk('desk', ['+14155550102']);
    const said = await lines({ SIP_TRUNK_ID: lost.sipTrunkId });
    expect(said[0]).toMatch(/^failed: The carrier's host carrier\.invalid .* is not known/);
    expect(said[1]).toMatch(new RegExp(`^warning: Nobody answers the inbound trunk ${inbound.sipTrunkId}`));
    expect((await lines({ SIP_TRUNK_ID: inbound.sipTrunkId }))[0]).toMatch(/^failed: .* is an inbound trunk/);
  });

  test('has a trunk to an address where nothing speaks SIP', async () => {
    const { apiKey, apiSecret } = livekit();
    const client = new SipClient(double.url, apiKey, apiSecret);
    const dead = await client.createSipOutboundTrunk('t', `127.0.0.1:${await closedPort()}`, ['+14155550101']);
    expect((await lines({ SIP_TRUNK_ID: dead.sipTrunkId }))[0]).toMatch(/^failed: Nothing answers SIP at 127\.0\.0\.1/);
  });

  test.each([
    [200, /^ok: livekit-sip is healthy/],
    [429, /^failed: livekit-sip is overloaded and refuses calls/],
    [503, /^failed: livekit-sip does not tell its health .*HTTP 503/],
  ])('says %i', async (status, says) => {
    const port = await httpServer((_, answer) => answer.writeHead(status).end());
    const { status: found, message } = await ofService(`http://127.0.0.1:${port}/`, AbortSignal.timeout(5_000));
    expect(`${found}: ${message}`).toMatch(says);
  });

  test('does not run', async () => {
    const found = await ofService(`http://127.0.0.1:${await closedPort()}/`, AbortSignal.timeout(5_000));
    expect(found).toMatchObject({ status: 'failed' });
  });

  test('is not there: a failure for who wants to call, else no matter', async () => {
    expect(await linesOf(sip, aContext(settings({ SIP_TRUNK_ID: id })))).toEqual([
      expect.stringMatching(/^failed: .*sip not connected.* → .*Redis.*livekit-sip/),
    ]);
    expect(await linesOf(sip, aContext(settings()))).toEqual([expect.stringMatching(/^skipped: .*browsers only/)]);
  });
});

describe('TURN', () => {
  test('is not offered by a livekit-server without it', async () => {
    expect(await linesOf(turn, aContext(settings()))).toEqual([expect.stringMatching(/^skipped: LiveKit has no TURN/)]);
  });

  test('answers over UDP, and not over TLS where nothing ends it', async () => {
    const turnUrl = await livekitWithTurn();
    const [first, second] = await linesOf(turn, aContext(settings({ LIVEKIT_URL: turnUrl })));
    expect(first).toMatch(/^ok: TURN answers at 127\.0\.0\.1:\d+ over UDP/);
    expect(second).toMatch(/^failed: .*turn\.invalid of TURN over TLS is not known.*firewall/);
  });

  test.each([
    ['turn:1.2.3.4:3478?transport=udp', { host: '1.2.3.4', port: 3478, transport: 'udp' }],
    ['turn:turn.example.com?transport=tcp', { host: 'turn.example.com', port: 3478, transport: 'tcp' }],
    ['turns:turn.example.com:443?transport=tcp', { host: 'turn.example.com', port: 443, transport: 'tls' }],
    ['turn:[2001:db8::1]:3478', { host: '2001:db8::1', port: 3478, transport: 'udp' }],
    ['stun:stun.example.com:19302', undefined],
  ])('%s is read', (url, expected) => {
    expect(readTurnUrl(url)).toEqual(expected);
  });
});

/** A proxy of HTTP only. */
async function withoutUpgrades(): Promise<number> {
  const { port } = await tcpServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n')),
  );
  return port;
}

/** A livekit-server of its own that offers TURN on UDP, and on a name that does not exist. Ends with the test. */
async function livekitWithTurn(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-turn-'));
  const first = Number((await freePorts()).PARLEY_PORT);
  const { apiKey, apiSecret } = livekit();
  writeFileSync(
    join(folder, 'livekit.yaml'),
    stringify({
      port: first,
      bind_addresses: ['127.0.0.1'],
      rtc: { tcp_port: first + 1, udp_port: first + 2, node_ip: '127.0.0.1', use_external_ip: false },
      turn: { enabled: true, domain: 'turn.invalid', udp_port: first + 3, tls_port: first + 4, external_tls: true },
      keys: { [apiKey]: apiSecret },
    }),
  );
  const progress = consoleProgress(process.stderr);
  const binary = await livekitBinary({ dataDir: resolve('.parley'), path: executablePath(), progress });
  const server = spawn(binary, ['--config', join(folder, 'livekit.yaml')], { stdio: 'ignore' });
  onTestFinished(async () => {
    const ended = new Promise((settle) => server.once('exit', settle));
    server.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  });
  for (let tries = 0; tries < 100; tries++) {
    if ((await fetch(`http://127.0.0.1:${first}`).catch(() => undefined))?.ok) return `ws://127.0.0.1:${first}`;
    await new Promise((settle) => setTimeout(settle, 100));
  }
  throw new Error('livekit-server with TURN did not start.');
}
