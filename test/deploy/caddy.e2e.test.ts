import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningParley, runParley } from '../commands/running-parley.ts';
import { freePorts } from '../worker/free-ports.ts';
import { freshDatabase, livekit } from '../setup/servers.ts';
import { toolPath } from '../setup/tools.ts';

/** The repository's own Caddyfile in front of `serve` and livekit-server, with certificates of its own. */
const caddyPath = toolPath('caddy');
const key = 'caddy-test-key-0123456789abcdef';
const folder = mkdtempSync(join(tmpdir(), 'parley-caddy-'));
const root = join(folder, 'caddy/pki/authorities/local/root.crt');
let api: string;
let caddy: ChildProcess;
let database: Awaited<ReturnType<typeof freshDatabase>>;
const running: RunningParley[] = [];
/** Nothing listens there: whoever asks it for something on this machine fails. */
const deadProxy = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' };

beforeAll(async () => {
  if (!caddyPath) return;
  database = await freshDatabase();
  const apiPort = await freePorts(4);
  const [mediaPort, httpPort, parleyPort] = [apiPort + 1, apiPort + 2, apiPort + 3];
  api = `https://localhost:${apiPort}`;
  const { url, apiKey, apiSecret } = livekit();
  const settings = {
    DATABASE_URL: database.url,
    LIVEKIT_URL: url,
    LIVEKIT_API_KEY: apiKey,
    LIVEKIT_API_SECRET: apiSecret,
    LIVEKIT_PUBLIC_URL: `wss://localhost:${mediaPort}`,
    AGENTS_API_KEY: key,
    PARLEY_PORT: `${parleyPort}`,
    PARLEY_WORKER_PORT: '0',
    PARLEY_AGENT_NAME: `caddy-${parleyPort}`,
    ...deadProxy,
  };
  running.push(runParley(['serve'], settings), runParley(['worker'], settings));
  caddy = spawn(caddyPath, ['run', '--config', 'docker/Caddyfile', '--adapter', 'caddyfile'], {
    env: {
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      HOME: folder,
      ACME_EMAIL: 'you@example.com',
      API_DOMAIN: api,
      MEDIA_DOMAIN: `https://localhost:${mediaPort}`,
      API_UPSTREAM: `127.0.0.1:${parleyPort}`,
      LIVEKIT_UPSTREAM: new URL(url).host,
      N8N_DOMAIN: `http://n8n.localhost:${httpPort}`,
      CONSOLE_ALLOW: '192.0.2.1/32',
      CADDY_GLOBAL_OPTIONS: `local_certs\nskip_install_trust\nauto_https disable_redirects\nhttp_port ${httpPort}`,
    },
    stdio: 'ignore',
  });
  await running[0]?.untilSaid('Parley serves', 60);
  await running[1]?.untilSaid('takes up to', 60);
  for (let tries = 0; tries < 200 && !existsSync(root); tries++) await delay(100);
  expect(existsSync(root), 'Caddy made no certificate').toBe(true);
}, 150_000);

afterAll(async () => {
  caddy?.kill();
  for (const parley of running) parley.kill('SIGTERM');
  await Promise.all(running.map(({ exit }) => exit));
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = { status: number; headers: NodeJS.Dict<string | string[]>; text: string };

/** A request through Caddy; `until` ends one whose answer goes on. */
function ask(method: string, path: string, options: { body?: object; accept?: string; until?: RegExp } = {}) {
  const body = options.body && JSON.stringify(options.body);
  const headers = {
    'x-api-key': key,
    ...(body ? { 'content-type': 'application/json' } : {}),
    ...(options.accept ? { accept: options.accept } : {}),
  };
  return new Promise<Answer>((settle, reject) => {
    const asked = request(api + path, { method, headers, ca: readFileSync(root) }, (answer) => {
      let text = '';
      const done = () => settle({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      answer.on('data', (piece: Buffer) => {
        text += piece.toString();
        if (!options.until?.test(text)) return;
        done();
        asked.destroy();
      });
      answer.on('end', done);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

test.skipIf(!caddyPath)('a browser call is spoken through Caddy, its signalling over WSS', async () => {
  // The WebRTC library reads the certificates of the system, or this file.
  const trust = { NODE_EXTRA_CA_CERTS: root, SSL_CERT_FILE: root, ...deadProxy };
  const wav = 'src/caller/speech/hours.wav';
  const call = runParley(`call --url ${api} --key ${key} --wav ${wav} --pipeline embedded --out ${folder}`.split(' '), {
    ...trust,
    PARLEY_DATA_DIR: resolve('.parley'),
  });
  expect(await call.exit, call.output()).toMatchObject({ code: 0 });
  expect(call.output()).toMatch(/We are open/);
});

test.skipIf(!caddyPath)('the events of a call arrive through Caddy while it lasts', async () => {
  const started = await ask('POST', '/api/web-calls', { body: { agent: 'receptionist', pipeline: 'embedded' } });
  expect(started.status, started.text).toBe(201);
  const { call_id: id } = JSON.parse(started.text) as { call_id: string };
  const stream = await ask('GET', `/api/calls/${id}/events`, { accept: 'text/event-stream', until: /^data: /m });
  expect(stream.headers['content-type']).toMatch('text/event-stream');
  const { status } = JSON.parse((await ask('GET', `/api/calls/${id}`)).text) as { status: string };
  expect(status).not.toBe('ended');
  await ask('POST', `/api/calls/${id}/hang-up`);
});

test.skipIf(!caddyPath)('only the API is public: the page, its signalling and the figures are not', async () => {
  for (const path of ['/', '/index.html', '/metrics', '/rtc', '/ready'])
    expect((await ask('GET', path)).status).toBe(404);
  // What a tool's server answers later comes from outside, and Parley itself says that there is no such run.
  const late = await ask('POST', '/tool-runs/run_1/answer?token=x', { body: {} });
  expect(late.text).toContain('"code"');
  const health = await ask('GET', '/health');
  expect(health.status).toBe(200);
  expect(health.headers['strict-transport-security']).toBe('max-age=15552000');
  expect((await ask('POST', '/api/dispatch', { body: { to: 'x'.repeat(2_000_000) } })).status).toBe(413);
});
