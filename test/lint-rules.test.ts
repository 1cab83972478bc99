import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
let project: string;

/** A small project under the same rules, so that each rule can be broken on purpose. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'parley-lint-'));
  for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) copyFileSync(file, join(project, file));
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'));
  for (const folder of ['calls', 'store', 'http', 'worker', 'dispatch', 'livekit', 'doctor'])
    plant(`src/${folder}/thing.ts`, 'export const thing = 1;\n');
  plant('src/compose.ts', 'export const compose = 1;\n');
  plant('pipelines/index.ts', 'export const pipelines = 1;\n');
  plant('pipelines/build.ts', 'export const build = 1;\n');
  plant('telephony/index.ts', 'export const telephony = 1;\n');
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function plant(path: string, source: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), source);
}

/** The rules that oxlint reports for one file with this source. */
async function broken(path: string, source: string): Promise<string[]> {
  plant(path, source);
  try {
    const oxlint = resolve('node_modules/.bin/oxlint');
    const { stdout } = await run(oxlint, ['--format=json', path], { cwd: project }).catch(
      (error: { stdout: string }) => error,
    );
    const report = JSON.parse(stdout) as { diagnostics: { code: string }[] };
    return report.diagnostics.map(({ code }) => /\((.+)\)/.exec(code)?.[1] ?? code);
  } finally {
    rmSync(join(project, path));
  }
}

test.each([
  ['pipelines/bad.ts', '../src/calls/thing.ts'],
  ['telephony/bad.ts', '../pipelines/index.ts'],
  ['src/calls/bad.ts', '../store/thing.ts'],
  ['src/calls/bad.ts', '../http/thing.ts'],
  ['src/store/bad.ts', '../worker/thing.ts'],
  ['src/http/bad.ts', '../store/thing.ts'],
  ['src/worker/bad.ts', '../http/thing.ts'],
  ['src/worker/bad.ts', '../store/thing.ts'],
  ['src/dispatch/bad.ts', '../worker/thing.ts'],
  ['src/livekit/bad.ts', '../doctor/thing.ts'],
  ['src/worker/bad.ts', '../doctor/thing.ts'],
  ['src/http/routes/bad.ts', '../../compose.ts'],
  ['src/worker/bad.ts', '../../pipelines/build.ts'],
])('%s must not import %s', async (path, target) => {
  expect(await broken(path, `export { default } from '${target}';\n`)).toContain('no-restricted-imports');
});

test.each([
  ['src/http/good.ts', '../calls/thing.ts'],
  ['src/worker/good.ts', '../../pipelines/index.ts'],
  ['src/store/good.ts', '../calls/thing.ts'],
  ['src/doctor/good.ts', '../store/thing.ts'],
])('%s may import %s', async (path, target) => {
  expect(await broken(path, `export * from '${target}';\n`)).toEqual([]);
});

test('a source file over 300 lines is refused', async () => {
  const lines = Array.from({ length: 301 }, (_, index) => `export const line${index} = ${index};`);
  expect(await broken('src/calls/long.ts', `${lines.join('\n')}\n`)).toEqual(['max-lines']);
});

test('the environment is read in src/config.ts only', async () => {
  const source = "export const home = process.env['HOME'];\n";
  expect(await broken('src/calls/environment.ts', source)).toEqual(['no-process-env']);
  expect(await broken('src/config.ts', source)).toEqual([]);
});

test('only the command may end the process', async () => {
  const source = 'process.exit(1);\nexport const nothing = 0;\n';
  expect(await broken('src/calls/exit.ts', source)).toEqual(['no-process-exit']);
  expect(await broken('src/main.ts', source)).toEqual([]);
});

test('a promise that nobody waits for is refused', async () => {
  const source = 'async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}\n';
  expect(await broken('src/calls/floating.ts', source)).toEqual(['no-floating-promises']);
});

test('two files that import each other are refused', async () => {
  plant('src/calls/one.ts', "import { two } from './two.ts';\nexport const one = (): number => two();\n");
  expect(
    await broken('src/calls/two.ts', "import { one } from './one.ts';\nexport const two = (): number => one();\n"),
  ).toContain('no-cycle');
});
