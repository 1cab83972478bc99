import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import versions from '#root/versions.json' with { type: 'json' };
import { downloadFetch } from './download-fetch.ts';
import type { Progress } from './progress.ts';

const run = promisify(execFile);

/** The version that tests run: the newest that `go install` can build. */
const { tested: livekitVersion } = versions['livekit-server'];
const releases = `https://github.com/livekit/livekit/releases/download/v${livekitVersion}`;

/**
 * Finds or brings a livekit-server: one on the PATH, the one brought earlier, the project's release for this platform (checked
 * against the checksums published with it), else a build with an installed Go.
 * @throws Error with a sentence that lists the ways out
 */
export async function livekitBinary(options: {
  dataDir: string;
  path: string;
  progress: Progress;
  signal?: AbortSignal;
}): Promise<string> {
  const onPath = findOnPath('livekit-server', options.path);
  if (onPath) return onPath;
  const kept = join(options.dataDir, 'livekit-server', livekitVersion, 'livekit-server');
  if (existsSync(kept)) return kept;
  mkdirSync(join(kept, '..'), { recursive: true });
  const problems: string[] = [];
  const ways = [
    { name: `Download livekit-server ${livekitVersion}`, bring: () => download(kept, options.signal) },
    {
      name: `Build livekit-server ${livekitVersion} with Go (takes about two minutes)`,
      bring: () => build(kept, options.path, options.signal),
    },
  ];
  for (const way of ways) {
    try {
      await options.progress.step(way.name, way.bring);
      return kept;
    } catch (error) {
      problems.push(`- ${way.name}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new Error(
    `No livekit-server could be had:\n${problems.join('\n')}\nInstall livekit-server ${livekitVersion} on the PATH (on macOS: brew install livekit), or install Go, or set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET to a server of yours.`,
  );
}

function findOnPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

async function download(target: string, signal: AbortSignal | undefined): Promise<void> {
  if (process.platform !== 'linux') throw new Error(`there is no release for ${process.platform}`);
  const arch = { x64: 'amd64', arm64: 'arm64', arm: 'armv7' }[process.arch as string];
  if (!arch) throw new Error(`there is no release for ${process.arch}`);
  const file = `livekit_${livekitVersion}_linux_${arch}.tar.gz`;
  const ask = downloadFetch();
  const get = async (name: string, seconds: number) => {
    const timeout = AbortSignal.timeout(seconds * 1000);
    const response = await ask(`${releases}/${name}`, {
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    }).catch((error: Error) => {
      throw new Error(`github.com cannot be reached (${(error.cause as Error | undefined)?.message ?? error.message})`);
    });
    if (!response.ok) throw new Error(`github.com answered ${response.status} for ${name}`);
    return Buffer.from(await response.arrayBuffer());
  };
  const checksums = (await get('checksums.txt', 15)).toString('utf8');
  const expected = checksums
    .split('\n')
    .find((line) => line.endsWith(file))
    ?.split(/\s+/)[0];
  if (!expected) throw new Error(`the release lists no checksum for ${file}`);
  const archive = await get(file, 600);
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== expected)
    throw new Error(`${file} has the checksum ${actual}, but ${expected} was published; try again later`);
  const packed = `${target}.tar.gz`;
  writeFileSync(packed, archive);
  await run('tar', ['-xzf', packed, '-C', join(target, '..'), 'livekit-server']);
  chmodSync(target, 0o755);
}

async function build(target: string, path: string, signal: AbortSignal | undefined): Promise<void> {
  if (!findOnPath('go', path)) throw new Error('Go is not installed');
  const folder = `${target}.build`;
  await run(
    'env',
    [`GOBIN=${folder}`, 'go', 'install', `github.com/livekit/livekit-server/cmd/server@v${livekitVersion}`],
    {
      maxBuffer: 1 << 26,
      ...(signal ? { signal } : {}),
    },
  );
  renameSync(join(folder, 'server'), target);
}
