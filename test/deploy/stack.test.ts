import { execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { executablePath } from '../../src/config.ts';
import { settings } from '../../src/settings.ts';
import { livekitBinary } from '../../src/stack/livekit-binary.ts';
import { consoleProgress } from '../../src/stack/progress.ts';
import { toolPath } from '../setup/tools.ts';
import { freePorts } from '../worker/free-ports.ts';
import { interpolate, variablesOf } from './compose.ts';
import { runTool } from './run-tool.ts';

/** docker-compose.yml and what it mounts, by the tools that will read them. No container engine is needed. */
const compose = readFileSync('docker-compose.yml', 'utf8');
const env = parseEnv(
  execFileSync(resolve('scripts/deploy-env'), ['api.localhost', 'media.localhost', 'you@example.com'], {
    encoding: 'utf8',
  }),
) as Record<string, string>;
type Service = { image: string; ports?: string[]; restart?: string; deploy?: unknown; volumes?: string[] };
const { services } = parse(interpolate(compose, env), { merge: true }) as { services: Record<string, Service> };
const scratch = mkdtempSync(join(tmpdir(), 'parley-deploy-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const composeSpec = toolPath('compose-spec');
test.skipIf(!composeSpec)('docker-compose.yml is a compose file, by the parser that Compose uses', async () => {
  writeFileSync(join(scratch, '.env'), '');
  writeFileSync(join(scratch, 'docker-compose.yml'), interpolate(compose, env));
  await runTool(composeSpec!, ['-no-interpolation', 'docker-compose.yml'], { cwd: scratch });
});

test('docker-compose.yml without .env says what to set', () => {
  const required = [...variablesOf(compose)].filter(([, isRequired]) => isRequired).map(([name]) => name);
  expect(required.length).toBeGreaterThan(8);
  for (const name of required) {
    const { [name]: _, ...rest } = env;
    expect(() => interpolate(compose, rest)).toThrow(`${name}: Set ${name} in .env`);
  }
});

test('every variable of docker-compose.yml is a setting or explained', () => {
  const known = new Set([...Object.keys(settings), ...Object.keys(env)]);
  const documents = globSync(['docs/*.md', 'docker/*.yaml']).map((file) => readFileSync(file, 'utf8'));
  const unknown = [...variablesOf(compose).keys()].filter(
    (name) => !known.has(name) && !documents.some((text) => text.includes(name)),
  );
  expect(unknown).toEqual([]);
});

test('every service restarts, is limited, publishes on loopback and has a pinned image', () => {
  // Its makers publish no tags but latest.
  const unpinned = ['whisperlive'];
  for (const [name, service] of Object.entries(services)) {
    expect([name, service.restart]).toEqual([name, expect.any(String)]);
    if (service.restart !== 'no') expect([name, service.deploy]).toEqual([name, expect.any(Object)]);
    if (!unpinned.includes(name) && !service.image.startsWith('parley:'))
      expect(service.image).toMatch(/:v?\d+\.\d+[\w.-]*$/);
    for (const port of service.ports ?? [])
      expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:/)]);
  }
  for (const [, image] of readFileSync('Dockerfile', 'utf8').matchAll(/^(?:FROM|ARG NODE_IMAGE=)\s*(\S+)/gm))
    expect(image).toMatch(/^\$\{NODE_IMAGE\}$|^program$|:\d+\.\d+\.\d+/);
});

test('every file that docker-compose.yml mounts is there', () => {
  const mounted = Object.values(services).flatMap(({ volumes = [] }) =>
    volumes.map((volume) => volume.split(':')[0]!).filter((source) => source.startsWith('./')),
  );
  expect(mounted.length).toBeGreaterThan(6);
  expect(mounted.filter((file) => !existsSync(file))).toEqual([]);
});

test('livekit.yaml and the variables beside it start a livekit-server', async () => {
  const config = parse(readFileSync('livekit.yaml', 'utf8')) as Record<string, unknown> & { rtc: object };
  // Redis and the search for a public address need what is not here.
  delete config['redis'];
  const file = join(scratch, 'livekit.yaml');
  writeFileSync(file, stringify({ ...config, rtc: { ...config.rtc, use_external_ip: false } }));
  const binary = await livekitBinary({
    dataDir: resolve('.parley'),
    path: executablePath(),
    progress: consoleProgress(process.stderr),
  });
  const port = await freePorts(2);
  const server = spawn(binary, ['--config', file], {
    env: {
      LIVEKIT_KEYS: `${env['LIVEKIT_API_KEY']}: ${env['LIVEKIT_API_SECRET']}`,
      LIVEKIT_PORT: `${port}`,
      LIVEKIT_RTC_TCP_PORT: `${port + 1}`,
    },
  });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
  try {
    for (let tries = 0; tries < 200 && server.exitCode === null; tries++) {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1000) }).catch(
        () => undefined,
      );
      if (answer?.ok) return;
      await sleep(100);
    }
    expect.fail(said.slice(-2000));
  } finally {
    server.kill('SIGKILL');
  }
});

test('docker/sip.yaml and docker/otel-collector.yaml are YAML', () => {
  for (const file of ['docker/sip.yaml', 'docker/otel-collector.yaml'])
    expect(parse(readFileSync(file, 'utf8'))).toBeTypeOf('object');
});

const caddy = toolPath('caddy');
const caddyWith = (verb: 'validate' | 'adapt', values: Record<string, string> = {}) =>
  runTool(caddy!, [verb, '--config', 'docker/Caddyfile', '--adapter', 'caddyfile'], {
    env: { HOME: scratch, ...env, N8N_DOMAIN: 'n8n.localhost', ...values },
  });

test.skipIf(!caddy)('docker/Caddyfile is valid, by Caddy', async () => {
  await caddyWith('validate');
  await expect(caddyWith('validate', { CADDY_GLOBAL_OPTIONS: 'no_such_option' })).rejects.toThrow('no_such_option');
});

test.skipIf(!caddy)('the line for Cloudflare makes Caddy believe its addresses, and keeps the limits', async () => {
  const [line = ''] = /^ *CADDY_SERVER_OPTIONS=.*$/m.exec(readFileSync('docs/cloudflare.md', 'utf8')) ?? [];
  const adapted = await caddyWith('adapt', parseEnv(line.trim()) as Record<string, string>);
  const { servers } = (JSON.parse(adapted) as { apps: { http: { servers: Record<string, object> } } }).apps.http;
  expect(Object.keys(servers).length).toBeGreaterThan(0);
  for (const options of Object.values(servers))
    expect(options).toMatchObject({
      trusted_proxies: { source: 'static', ranges: expect.arrayContaining(['173.245.48.0/20', '2c0f:f248::/32']) },
      client_ip_headers: ['Cf-Connecting-Ip'],
      read_header_timeout: 10_000_000_000,
    });
  await caddyWith('validate', parseEnv(line.trim()) as Record<string, string>);
});
