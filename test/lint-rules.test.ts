import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);

/** A small project under the same rules, so that each rule can be broken on purpose: its files, and what is wrong with them. */
const sound: Record<string, string> = {
  'src/compose.ts': 'export const compose = 1;\n',
  'pipelines/index.ts': 'export const pipelines = 1;\n',
  'pipelines/build.ts': 'export const build = 1;\n',
  'telephony/index.ts': 'export const telephony = 1;\n',
  'src/calls/one.ts': "import { two } from './two.ts';\nexport const one = (): number => two();\n",
};
const folders = [
  'agent-files',
  'calls',
  'store',
  'livekit',
  'telemetry',
  'http',
  'worker',
  'dispatch',
  'caller',
  'scenarios',
  'load',
  'stack',
];
for (const folder of [...folders, 'compose', 'commands', 'doctor', 'something-new'])
  sound[`src/${folder}/thing.ts`] = 'export const thing = 1;\n';

const forbidden: [file: string, target: string][] = [
  ['pipelines/bad.ts', '../src/calls/thing.ts'],
  ['telephony/bad.ts', '../pipelines/index.ts'],
  ['src/calls/bad.ts', '../store/thing.ts'],
  ['src/calls/worse.ts', '../http/thing.ts'],
  ['src/store/bad.ts', '../worker/thing.ts'],
  ['src/http/bad.ts', '../store/thing.ts'],
  ['src/worker/bad.ts', '../http/thing.ts'],
  ['src/worker/worse.ts', '../store/thing.ts'],
  ['src/dispatch/bad.ts', '../worker/thing.ts'],
  ['src/livekit/bad.ts', '../doctor/thing.ts'],
  ['src/worker/bad-too.ts', '../doctor/thing.ts'],
  ['src/http/routes/bad.ts', '../../compose.ts'],
  ['src/worker/worst.ts', '../../pipelines/build.ts'],
  ['src/worker/call/deep.ts', '../../http/thing.ts'],
  ['src/worker/line/transfers/deeper.ts', '../../../../pipelines/build.ts'],
  ['src/calls/end/deep.ts', '../../compose/thing.ts'],
  // What may be imported is written down: all else is refused, also what nobody has thought of.
  ...folders.flatMap((folder): [string, string][] => [
    [`src/${folder}/new.ts`, '../something-new/thing.ts'],
    [`src/${folder}/assembles.ts`, '../compose/thing.ts'],
    [`src/${folder}/assembles-all.ts`, '../compose.ts'],
  ]),
];
const allowed: [file: string, target: string][] = [
  ['src/http/good.ts', '../calls/thing.ts'],
  ['src/worker/good.ts', '../../pipelines/index.ts'],
  ['src/store/good.ts', '../calls/thing.ts'],
  ['src/doctor/good.ts', '../store/thing.ts'],
  ['src/calls/end/good.ts', '../thing.ts'],
  ['src/worker/call/good.ts', '../../calls/thing.ts'],
  ['src/worker/line/transfers/good.ts', '../../../../telephony/index.ts'],
];
const lines = Array.from({ length: 301 }, (_, index) => `export const line${index} = ${index};`);
const readsEnvironment = "export const home = process.env['HOME'];\n";
const endsProcess = 'process.exit(1);\nexport const nothing = 0;\n';
const others: Record<string, string> = {
  'src/calls/long.ts': `${lines.join('\n')}\n`,
  'src/calls/environment.ts': readsEnvironment,
  'src/config.ts': readsEnvironment,
  'src/calls/exit.ts': endsProcess,
  'src/main.ts': endsProcess,
  'src/calls/floating.ts': 'async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}\n',
  'src/calls/two.ts': "import { one } from './one.ts';\nexport const two = (): number => one();\n",
  'src/calls/three.ts': "import type { Four } from './four.ts';\nexport type Three = { four?: Four };\n",
  'src/calls/four.ts': "import type { Three } from './three.ts';\nexport type Four = { three?: Three };\n",
};

let project: string;
let report: { filename: string; code: string }[];

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'parley-lint-'));
  for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) copyFileSync(file, join(project, file));
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'));
  const imports = (pairs: [string, string][], what: string) =>
    Object.fromEntries(pairs.map(([file, target]) => [file, `export ${what} from '${target}';\n`]));
  const files = { ...sound, ...imports(forbidden, '{ default }'), ...imports(allowed, '*'), ...others };
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), source);
  }
  const oxlint = resolve('node_modules/.bin/oxlint');
  const { stdout } = await run(oxlint, ['--format=json'], { cwd: project }).catch((error: { stdout: string }) => error);
  report = (JSON.parse(stdout) as { diagnostics: typeof report }).diagnostics;
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** The rules that oxlint reports for one file. */
const broken = (file: string): string[] =>
  report.filter(({ filename }) => filename === file).map(({ code }) => /\((.+)\)/.exec(code)?.[1] ?? code);

test.each(forbidden)('%s must not import %s', (file) => {
  expect(broken(file)).toContain('no-restricted-imports');
});

test.each(allowed)('%s may import %s', (file) => {
  expect(broken(file)).toEqual([]);
});

test('a source file over 300 lines is refused', () => {
  expect(broken('src/calls/long.ts')).toEqual(['max-lines']);
});

test('the environment is read in src/config.ts only', () => {
  expect(broken('src/calls/environment.ts')).toEqual(['no-process-env']);
  expect(broken('src/config.ts')).toEqual([]);
});

test('only the command may end the process', () => {
  expect(broken('src/calls/exit.ts')).toEqual(['no-process-exit']);
  expect(broken('src/main.ts')).toEqual([]);
});

test('a promise that nobody waits for is refused', () => {
  expect(broken('src/calls/floating.ts')).toEqual(['no-floating-promises']);
});

test('two files that import each other are refused, also where only types are imported', () => {
  expect(broken('src/calls/two.ts')).toContain('no-cycle');
  expect(broken('src/calls/three.ts')).toContain('no-cycle');
});
