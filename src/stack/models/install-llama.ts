import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { withFolderLock } from './folder-lock.ts';
import { explainDiskError, ModelError } from './model-error.ts';
import { runCommand } from './run-command.ts';

const llamaVersion = '3.22.1';
const installedBytes = 85_000_000;
const packageSchema = z.object({ version: z.string() });

/** Prebuilt CPU binaries. The other optional packages of node-llama-cpp are for GPUs and take 600 MB. */
const binaries: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
};

/**
 * Installs node-llama-cpp, which runs the language models, under `<dataDir>/llama`, unless it is there already. It is not
 * a package of this project since few need it.
 * @returns the folder of the package
 * @throws ModelError
 */
export async function installLlama(options: {
  dataDir: string;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}): Promise<string> {
  const { log, signal } = options;
  const platform = `${process.platform}-${process.arch}`;
  const binary = binaries[platform];
  if (!binary) throw new ModelError(`Language models cannot run on ${platform}. Leave PARLEY_EMBEDDED_LLM unset.`);
  const prefix = join(options.dataDir, 'llama');
  const packageDir = join(prefix, 'node_modules', 'node-llama-cpp');
  const isInstalled = async () =>
    (await versionOf(packageDir)) === llamaVersion &&
    (await versionOf(join(prefix, 'node_modules', '@node-llama-cpp', binary))) === llamaVersion;

  if (await isInstalled()) return packageDir;
  try {
    await mkdir(prefix, { recursive: true });
    const onWait = () => log('Another process is installing node-llama-cpp; waiting for it.');
    await withFolderLock(prefix, { signal, onWait }, async () => {
      if (await isInstalled()) return;
      log('node-llama-cpp: installing (46 MB to download)');
      const npm = 'npm install --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error --prefix';
      const packages = [`node-llama-cpp@${llamaVersion}`, `@node-llama-cpp/${binary}@${llamaVersion}`];
      const [program = 'npm', ...args] = npm.split(' ');
      const { exitCode, output } = await runCommand([program, ...args, prefix, ...packages], {
        whenMissing: 'npm is needed to install node-llama-cpp: put it on the PATH, or leave PARLEY_EMBEDDED_LLM unset.',
        signal,
      });
      if (exitCode !== 0 || !(await isInstalled()))
        throw new ModelError(`npm could not install node-llama-cpp: ${output.trim().split('\n')[0] ?? ''}`);
    });
  } catch (error) {
    throw explainDiskError(error, prefix, installedBytes);
  }
  await access(join(packageDir, 'dist', 'index.js'));
  return packageDir;
}

async function versionOf(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : packageSchema.safeParse(JSON.parse(text)).data?.version;
}
