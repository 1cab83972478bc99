import { execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { executablePath } from '../../src/config.ts';
import { settings } from '../../src/settings.ts';
import { livekitBinary } from '../../src/stack/livekit-binary.ts';
import { consoleProgress } from '../../src/stack/progress.ts';
import { toolPath } from '../setup/tools.ts';
import { aCertificate } from '../doctor/small-server.ts';
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
type Service = {
  image: string;
  ports?: string[];
  restart?: string;
  deploy?: { resources: { limits?: { memory?: string } } };
  volumes?: string[];
  profiles?: string[];
  healthcheck?: object;
  stop_grace_period?: string;
  read_only?: boolean;
  environment?: Record<string, string>;
};
const servicesOf = (text: string, given: Record<string, string> = env) =>
  (parse(interpolate(text, given), { merge: true }) as { services: Record<string, Service> }).services;
const gpuCompose = readFileSync('docker-compose.gpu.yml', 'utf8');
const stack = servicesOf(compose);
const services = { ...stack, ...servicesOf(gpuCompose, {}) };
const scratch = mkdtempSync(join(tmpdir(), 'parley-deploy-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const composeSpec = toolPath('compose-spec');
test.skipIf(!composeSpec)('docker-compose.yml is a compose file, by the parser that Compose uses', async () => {
  writeFileSync(join(scratch, '.env'), '');
  for (const [file, given] of [
    ['docker-compose.yml', env],
    // It is of use on a machine with nothing of Parley but this file.
    ['docker-compose.gpu.yml', {}],
  ] as const) {
    writeFileSync(join(scratch, file), interpolate(readFileSync(file, 'utf8'), given));
    await runTool(composeSpec!, ['-no-interpolation', file], { cwd: scratch });
  }
});

test('every service ends in its own time, and is asked whether it is healthy', () => {
  const missing = Object.entries(services).filter(
    ([, service]) => !service.stop_grace_period || !(service.healthcheck ?? service.image.startsWith('parley:')),
  );
  expect(missing.map(([name]) => name)).toEqual([]);
});

test('the limits of what runs by default fit a server of 4 GB', () => {
  const megabytes = (memory = '') => Number.parseInt(memory) * (memory.endsWith('g') ? 1024 : 1);
  const byDefault = Object.entries(stack).filter(
    ([name, { profiles = ['postgres'] }]) => name !== 'migrate' && profiles.includes('postgres'),
  );
  const sum = byDefault.reduce((total, [, { deploy }]) => total + megabytes(deploy?.resources.limits?.memory), 0);
  expect(byDefault.length).toBeGreaterThan(6);
  expect(sum).toBeGreaterThan(2000);
  expect(sum).toBeLessThanOrEqual(3700);
});

test('the root file system of every service of the stack is read-only, but that of n8n', () => {
  expect(Object.entries(stack).flatMap(([name, service]) => (service.read_only ? [] : [name]))).toEqual(['n8n']);
});

test('docker-compose.yml without .env says what to set', () => {
  const required = [...variablesOf(compose)].filter(([, isRequired]) => isRequired).map(([name]) => name);
  expect(required.length).toBeGreaterThan(8);
  for (const name of required) {
    const { [name]: _, ...rest } = env;
    expect(() => interpolate(compose, rest)).toThrow(`${name}: Set ${name} in .env`);
  }
});

test('every variable of the compose files is a setting or explained', () => {
  const known = new Set([...Object.keys(settings), ...Object.keys(env)]);
  const documents = globSync(['docs/*.md', 'docker/*.yaml']).map((file) => readFileSync(file, 'utf8'));
  const all = globSync('docker-compose*.yml').map((file) => readFileSync(file, 'utf8'));
  expect(all).toHaveLength(3);
  const unknown = [...variablesOf(all.join('\n')).keys()].filter(
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
  // Docker makes the folder of the backups.
  expect(mounted.filter((file) => !existsSync(file) && file !== './backups')).toEqual([]);
});

test('livekit.yaml, its variables and those of docker-compose.turn.yml start a livekit-server', async () => {
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
  const port = await freePorts(4);
  const { key, cert } = await aCertificate(30, 'turn.localhost');
  writeFileSync(join(scratch, 'turn.key'), key);
  writeFileSync(join(scratch, 'turn.crt'), cert);
  const given = { TURN_DOMAIN: 'turn.localhost', TURN_TLS_PORT: `${port + 2}`, TURN_UDP_PORT: `${port + 3}` };
  const turn = {
    ...servicesOf(readFileSync('docker-compose.turn.yml', 'utf8'), given)['livekit']!.environment,
    LIVEKIT_TURN_KEY: join(scratch, 'turn.key'),
    LIVEKIT_TURN_CERT: join(scratch, 'turn.crt'),
  };
  const server = spawn(binary, ['--config', file], {
    env: {
      LIVEKIT_KEYS: `${env['LIVEKIT_API_KEY']}: ${env['LIVEKIT_API_SECRET']}`,
      LIVEKIT_PORT: `${port}`,
      LIVEKIT_RTC_TCP_PORT: `${port + 1}`,
      ...turn,
    },
  });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
  try {
    for (let tries = 0; tries < 200 && server.exitCode === null; tries++) {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1000) }).catch(
        () => undefined,
      );
      if (answer?.ok) {
        // TURN is there, over TLS with its own certificate.
        const socket = connect({ port: port + 2, host: '127.0.0.1', rejectUnauthorized: false });
        await once(socket, 'secureConnect');
        expect(socket.getPeerCertificate().subject.CN).toBe('turn.localhost');
        socket.destroy();
        return;
      }
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
