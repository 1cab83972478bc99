import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { stringify } from 'yaml';
import { freePort } from '../../src/stack/free-port.ts';
import { executablePath, loadConfig } from '../../src/config.ts';
import { livekitBinary } from '../../src/stack/livekit-binary.ts';
import { type ManagedProcess, startProcess, untilReady } from '../../src/stack/managed-process.ts';
import { startPostgres } from '../../src/stack/postgres.ts';
import { consoleProgress } from '../../src/stack/progress.ts';

/** A server that can be killed, and comes back as the same. */
export type Restartable = {
  readonly pid: number;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

async function restartable(start: () => Promise<ManagedProcess>): Promise<Restartable> {
  let running = await start();
  return {
    get pid() {
      return running.pid;
    },
    async kill() {
      process.kill(running.pid, 'SIGKILL');
      await running.ended;
    },
    async start() {
      running = await start();
    },
    stop: () => running.stop(),
  };
}

/** PostgreSQL, Redis and a livekit-server that keeps its rooms in it, on free ports of loopback. */
export async function startServers() {
  const folder = mkdtempSync(join(tmpdir(), 'parley-storm-'));
  const logFile = (name: string) => join(folder, 'logs', `${name}.log`);
  const binary = await livekitBinary({
    dataDir: loadConfig().PARLEY_DATA_DIR,
    path: executablePath(),
    progress: consoleProgress(process.stderr),
  });
  const postgres = await startPostgres({ dataDir: folder, port: await freePort(), durable: false });
  const redisPort = await freePort();
  const redisUrl = `redis://127.0.0.1:${redisPort}`;
  mkdirSync(join(folder, 'redis'));
  const redis = await restartable(async () => {
    const started = startProcess({
      name: 'redis-server',
      command: 'redis-server',
      args: ['--port', `${redisPort}`, '--bind', '127.0.0.1', '--save', '', '--dir', join(folder, 'redis')],
      logFile: logFile('redis'),
    });
    await untilReady(started, 10, () => pings(redisUrl));
    return started;
  });
  const port = await freePort();
  const keys = { apiKey: 'storm', apiSecret: 'a-secret-of-the-storm-that-is-long-enough' };
  const configFile = join(folder, 'livekit.yaml');
  writeFileSync(
    configFile,
    stringify({
      port,
      bind_addresses: ['127.0.0.1'],
      rtc: { tcp_port: port + 1, udp_port: port + 2, enable_loopback_candidate: true, node_ip: '127.0.0.1' },
      redis: { address: `127.0.0.1:${redisPort}` },
      keys: { [keys.apiKey]: keys.apiSecret },
      room: { auto_create: true, empty_timeout: 60, departure_timeout: 20 },
      logging: { level: 'info', json: false },
    }),
  );
  const livekit = await restartable(async () => {
    const args = ['--config', configFile];
    const started = startProcess({ name: 'livekit-server', command: binary, args, logFile: logFile('livekit-server') });
    const answers = async () => (await fetch(`http://127.0.0.1:${port}`).catch(() => undefined))?.ok === true;
    await untilReady(started, 30, answers);
    return started;
  });
  return {
    folder,
    logFile,
    postgres: { url: postgres.url, pid: postgres.process.pid },
    redis,
    redisUrl,
    livekit,
    livekitAddress: { url: `ws://127.0.0.1:${port}`, ...keys },
    async stop({ keepLogs }: { keepLogs: boolean }) {
      await livekit.stop();
      await redis.stop();
      await postgres.process.stop();
      if (!keepLogs) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Servers = Awaited<ReturnType<typeof startServers>>;

async function pings(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
