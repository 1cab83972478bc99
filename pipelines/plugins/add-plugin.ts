import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { llm, stt, tts, version as sdkVersion } from '@livekit/agents';
import { satisfies, validRange } from 'semver';
import { z } from 'zod';
import { ProviderError } from '../errors.ts';
import { loaderFile, loadPlugin, sdkPackage } from './load-plugin.ts';
import { packageNamePattern } from './package-name.ts';

const run = promisify(execFile);

/** What a plugin must share with this program: two copies of the SDK would not know each other's classes. */
const shared = [sdkPackage, '@livekit/rtc-node', 'zod'];

/** What npm says of one version. With a single match it is an object, else a list. */
const viewSchema = z
  .union([z.looseObject({}), z.array(z.looseObject({})).transform((found) => found.at(-1) ?? {})])
  .pipe(
    z.looseObject({
      version: z.string(),
      peerDependencies: z.record(z.string(), z.string()).default({}),
      peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: z.boolean().default(false) })).default({}),
    }),
  );
type Published = z.output<typeof viewSchema>;

export type AddedPlugin = { packageName: string; version: string; classes: string[] };

/**
 * Installs a plugin of the SDK into a folder of its own, at the version that was made for this program's SDK, and loads it.
 * Nothing of this program's own packages changes, and no install script runs.
 * @param request.wanted a package, or a package and a version: `@livekit/agents-plugin-openai@1.9.0`
 * @throws ProviderError `not_configured`: there is no such package, no version that fits, or it does not load
 */
export async function addPlugin(request: {
  wanted: string;
  folder: string;
  /** In which npm runs. */
  environment: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
}): Promise<AddedPlugin> {
  const { wanted, folder, environment, signal } = request;
  const at = wanted.lastIndexOf('@');
  const packageName = at > 0 ? wanted.slice(0, at) : wanted;
  const refused = (message: string, cause?: unknown) =>
    new ProviderError('not_configured', packageName, message, { cause });
  if (!packageNamePattern.test(packageName)) throw refused('this is not the name of a package. Write it as npm does.');
  await prepare(folder);
  const npm = async (...args: string[]) => {
    try {
      const options = {
        cwd: folder,
        env: { ...environment, ONNXRUNTIME_NODE_INSTALL: 'skip' } as NodeJS.ProcessEnv,
        maxBuffer: 2 ** 26,
        ...(signal && { signal }),
      };
      return (await run('npm', [...args, '--json', '--loglevel=error'], options)).stdout;
    } catch (error) {
      const { code, stdout = '', stderr = '' } = error as { code?: string | number; stdout?: string; stderr?: string };
      if (code === 'ENOENT') throw refused('npm is not on the PATH. Install it, and run the command again.', error);
      if (/E404|ETARGET|notarget/.test(stdout + stderr)) return undefined;
      const said = /"summary":\s*"([^"]+)"/.exec(stdout)?.[1] ?? stderr.trim().split('\n').at(-1) ?? '';
      throw refused(`npm failed (${said}). Check the network, and run the command again.`, error);
    }
  };
  const published = async (spec: string): Promise<Published | undefined> => {
    const answer = await npm('view', spec, 'name', 'version', 'peerDependencies', 'peerDependenciesMeta');
    return answer?.trim() ? viewSchema.parse(JSON.parse(answer)) : undefined;
  };
  // The packages of the SDK are published together, each for its own version only.
  const version = at > 0 ? wanted.slice(at + 1) : packageName.startsWith('@livekit/') ? sdkVersion : 'latest';
  const found = await published(`${packageName}@${version}`);
  const fits = found && satisfies(sdkVersion, found.peerDependencies[sdkPackage] ?? '<0.0.0-0');
  if (!fits) {
    const other = found ?? (await published(packageName));
    if (!other) throw refused('the registry has no such package. Correct its name.');
    const range = other.peerDependencies[sdkPackage];
    if (range === undefined) throw refused(`it is not a plugin of ${sdkPackage}. Use another package.`);
    throw refused(
      `version ${other.version} is made for ${sdkPackage} ${range}, and this is ${sdkVersion}. Wait for one that fits, or use another plugin.`,
    );
  }
  const installed = await npm(
    'install',
    ...(await withPeers(`${packageName}@${found.version}`, { found, published })),
    '--save-exact',
    // npm cannot place a plugin whose peers have the links of `prepare` as theirs: it is given all of them instead.
    '--legacy-peer-deps',
    '--ignore-scripts',
    '--omit=dev',
    '--no-audit',
    '--no-fund',
  );
  if (installed === undefined) throw refused('a package it needs is not in the registry. Use another version.');
  const exported = await loadPlugin(packageName, { packageName, folder });
  const classes = Object.entries(exported).flatMap(([name, value]) => (isStage(value) ? [name] : []));
  if (classes.length === 0) throw refused('it has no STT, LLM or TTS, so it cannot be a stage. Use another package.');
  return { packageName, version: found.version, classes };
}

/** A package with those that it wants beside it and theirs, but for what this program shares with it. */
async function withPeers(
  spec: string,
  { found, published }: { found: Published; published: (spec: string) => Promise<Published | undefined> },
): Promise<string[]> {
  const specs = new Map([[spec, found]]);
  for (const { peerDependencies, peerDependenciesMeta } of specs.values())
    for (const [name, range] of Object.entries(peerDependencies)) {
      const peer = `${name}@${range}`;
      if (shared.includes(name) || peerDependenciesMeta[name]?.optional || specs.has(peer)) continue;
      // It becomes an argument of npm, which must not take it for an option or an address.
      if (!packageNamePattern.test(name) || validRange(range) === null) continue;
      const known = await published(peer);
      // npm says itself which one it cannot find.
      specs.set(peer, known ?? { version: range, peerDependencies: {}, peerDependenciesMeta: {} });
    }
  return [...specs.keys()];
}

/** The plugins of a folder, with their versions. */
export async function installedPlugins(folder: string): Promise<{ packageName: string; version: string }[]> {
  const { dependencies } = manifestOf(await readJson(join(folder, 'package.json')));
  return Object.entries(dependencies).flatMap(([packageName, version]) =>
    shared.includes(packageName) ? [] : [{ packageName, version }],
  );
}

/** A project of its own, in which the packages that must not be there twice are links to this program's. */
async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'package.json');
  const { dependencies } = manifestOf(await readJson(file));
  for (const name of shared) dependencies[name] = `file:${packageFolder(name)}`;
  const manifest = { private: true, type: 'module', dependencies };
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(folder, '.npmrc'), 'onnxruntime-node-install=skip\nfund=false\naudit=false\n');
  await writeFile(join(folder, loaderFile), 'export const load = (name) => import(name);\n');
}

function manifestOf(json: unknown): { dependencies: Record<string, string> } {
  const schema = z.looseObject({ dependencies: z.record(z.string(), z.string()).default({}) });
  return schema.safeParse(json).data ?? { dependencies: {} };
}

async function readJson(file: string): Promise<unknown> {
  return readFile(file, 'utf8').then(JSON.parse, () => undefined);
}

/** Where a package of this program lies. */
function packageFolder(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  let folder = dirname(resolve(name));
  while (!folder.endsWith(join('node_modules', name))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`${name} lies outside of node_modules.`);
    folder = parent;
  }
  return folder;
}

function isStage(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  return [stt.STT, llm.LLM, tts.TTS].some((base) => value.prototype instanceof base);
}
