import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { executablePath } from '../src/config.ts';
import { settings } from '../src/settings.ts';
import { livekitBinary } from '../src/stack/livekit-binary.ts';
import { consoleProgress } from '../src/stack/progress.ts';
import { checkImageFiles } from './deploy/check-image-files.ts';
import { checkManifest } from './deploy/check-manifest.ts';
import { interpolate, variablesOf } from './deploy/compose.ts';
import { run, tool } from './deploy/tools.ts';

/**
 * `make deploy-check`: validates what is deployed with the real tools, without a container engine. A check whose tool cannot be
 * had is skipped and says so. The last line is `N passed, N failed, N skipped`.
 */
const compose = readFileSync('docker-compose.yml', 'utf8');
const env = parseEnv(run('scripts/deploy-env', ['api.localhost', 'media.localhost', 'you@example.com'])) as Record<
  string,
  string
>;
const scratch = mkdtempSync(join(tmpdir(), 'parley-deploy-'));
const say = (line: string) => void process.stdout.write(`${line}\n`);
const count = { passed: 0, failed: 0, skipped: 0 };

async function check(name: string, work: () => unknown): Promise<void> {
  try {
    await work();
    count.passed += 1;
    say(`  ✓ ${name}`);
  } catch (error) {
    const { message } = error as Error;
    const skipped = message.includes('is not to be had here');
    count[skipped ? 'skipped' : 'failed'] += 1;
    say(`  ${skipped ? '– SKIPPED LOUDLY:' : '✗'} ${name}\n${message.replaceAll(/^/gm, '      ')}`);
  }
}

function require(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

await check('docker-compose.yml is a compose file, by the parser that Compose uses', () => {
  const file = join(scratch, 'docker-compose.yml');
  writeFileSync(join(scratch, '.env'), '');
  writeFileSync(file, interpolate(compose, env));
  run(tool('compose-spec'), ['-no-interpolation', 'docker-compose.yml'], scratch);
});

await check('docker-compose.yml without .env says what to set', () => {
  for (const [name, required] of variablesOf(compose)) {
    if (!required) continue;
    const { [name]: _, ...rest } = env;
    let said = '';
    try {
      interpolate(compose, rest);
    } catch (error) {
      said = (error as Error).message;
    }
    require(said.startsWith(`${name}: Set ${name} in .env`), `Without ${name} it says only "${said}".`);
  }
});

await check('every variable of docker-compose.yml is a setting or stands in docker/env.example', () => {
  const known = new Set([...Object.keys(settings), ...Object.keys(env)]);
  const documents = globSync(['docs/*.md', 'docker/*.yaml']).map((file) => readFileSync(file, 'utf8'));
  const unknown = [...variablesOf(compose).keys()].filter(
    (name) => !known.has(name) && !documents.some((text) => text.includes(name)),
  );
  require(unknown.length === 0, `Nothing explains ${unknown.join(', ')}.`);
});

await check('every service restarts, is limited, publishes on loopback and has a pinned image', () => {
  const { services } = parse(interpolate(compose, env), { merge: true }) as {
    services: Record<string, { image: string; ports?: string[]; restart?: string; deploy?: unknown }>;
  };
  const unpinned = ['whisperlive'];
  for (const [name, service] of Object.entries(services)) {
    require(service.restart !== undefined, `${name} has no restart policy.`);
    require(service.restart === 'no' ||
      service.deploy !== undefined, `${name} has neither limits nor reservations of resources.`);
    require(unpinned.includes(name) || /:[\w.-]+$/.test(service.image), `${name}: ${service.image} has no version.`);
    require(unpinned.includes(name) || !service.image.endsWith(':latest'), `${name}: ${service.image} moves.`);
    for (const port of service.ports ?? [])
      require(port.startsWith('127.0.0.1:'), `${name} publishes ${port} to the world.`);
  }
});

await check('docker/Caddyfile is valid, by Caddy', () => {
  const values = { ...env, N8N_DOMAIN: 'n8n.localhost' };
  run(tool('caddy'), ['validate', '--config', 'docker/Caddyfile', '--adapter', 'caddyfile'], '.', values);
});

await check('livekit.yaml and the variables beside it start a livekit-server', async () => {
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
  const port = 25_900 + Math.floor(Math.random() * 50) * 2;
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
    for (let tries = 0; tries < 50 && server.exitCode === null; tries++) {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1000) }).catch(
        () => undefined,
      );
      if (answer?.ok) return;
      await sleep(100);
    }
    throw new Error(said.slice(-2000));
  } finally {
    server.kill('SIGKILL');
  }
});

await check('docker/sip.yaml and docker/otel-collector.yaml are YAML', () => {
  for (const file of ['docker/sip.yaml', 'docker/otel-collector.yaml']) parse(readFileSync(file, 'utf8'));
});

for (const [file, verb] of [
  ['docker/prometheus.yml', ['check', 'config', '--syntax-only']],
  ['docker/prometheus-rules.yml', ['check', 'rules']],
] as const)
  await check(`${file} is valid, by promtool`, () => {
    require(existsSync(file), `${file}, which docker-compose.yml mounts, is not to be had here.`);
    run(tool('promtool'), [...verb, file]);
  });

await check('the dashboards of Grafana are dashboards', () => {
  const files = globSync('docker/grafana/**/*.json');
  require(files.length > 0, 'docker/grafana, which docker-compose.yml mounts, is not to be had here.');
  for (const file of files) {
    const board = JSON.parse(readFileSync(file, 'utf8')) as { title?: string; uid?: string; panels?: object[] };
    require(Boolean(board.title && board.uid && board.panels?.length), `${file} has no title, uid or panels.`);
  }
});

await check('the Dockerfile passes hadolint', () => {
  run(tool('hadolint'), ['--ignore', 'DL3008', '--failure-threshold', 'warning', 'Dockerfile']);
});

await check('the files of the image and its production packages run every command', () => checkImageFiles(scratch));

const chart = 'deploy/helm/parley';
const must = ['--kube-version', '1.37.0', '--set', 'existingSecret=parley', '--set', 'livekit.url=ws://livekit:7880'];
await check('the chart passes helm lint', () => {
  run(tool('helm'), ['lint', '--strict', chart, ...must]);
});
for (const variant of [[], ['--set', 'worker.keda.enabled=true,networkPolicy.enabled=true,ingress.enabled=true']])
  await check(`the chart renders what Kubernetes takes${variant.length > 0 ? ', with all options' : ''}`, () => {
    const text = run(tool('helm'), ['template', 'parley', chart, ...must, ...variant]);
    const schemas = tool('kubernetes-schemas');
    for (const document of parseAllDocuments(text)) checkManifest(document.toJS() as object | null, schemas);
  });
await check('the chart refuses a grace period that would cut calls off', () => {
  let said = '';
  try {
    run(tool('helm'), ['template', 'parley', chart, ...must, '--set', 'worker.terminationGracePeriodSeconds=60']);
  } catch (error) {
    said = (error as Error).message;
  }
  if (said.includes('is not to be had here')) throw new Error(said);
  require(said.includes('drainSeconds'), `It says "${said}".`);
});

rmSync(scratch, { recursive: true, force: true });
say(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed > 0 ? 1 : 0;
