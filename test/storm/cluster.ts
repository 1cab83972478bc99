import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { stringify } from 'yaml';
import { freePort } from '../../src/stack/free-port.ts';
import { type ManagedProcess, startProcess, untilReady } from '../../src/stack/managed-process.ts';

/** A server that can be killed, and comes back as the same. */
export type Restartable = {
  readonly pid: number;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** What servers leave behind goes there. */
type Place = { folder: string; logFile: (name: string) => string };

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

/** A Redis that keeps nothing over a restart. */
export async function startRedis({
  folder,
  logFile,
}: Place): Promise<{ server: Restartable; port: number; url: string }> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  mkdirSync(join(folder, 'redis'));
  const server = await restartable(async () => {
    const started = startProcess({
      name: 'redis-server',
      command: 'redis-server',
      args: ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', join(folder, 'redis')],
      logFile: logFile('redis'),
    });
    await untilReady(started, 10, () => pings(url));
    return started;
  });
  return { server, port, url };
}

export type LivekitNode = { server: Restartable; url: string };

/** One livekit-server of those that share a Redis. */
export async function startLivekitNode(
  { folder, logFile }: Place,
  node: { name: string; binary: string; redisPort: number; keys: { apiKey: string; apiSecret: string } },
): Promise<LivekitNode> {
  const { name, binary, redisPort, keys } = node;
  const [port, tcpPort, udpPort] = [await freePort(), await freePort(), await freePort()];
  const configFile = join(folder, `${name}.yaml`);
  writeFileSync(
    configFile,
    stringify({
      port,
      bind_addresses: ['127.0.0.1'],
      rtc: { tcp_port: tcpPort, udp_port: udpPort, enable_loopback_candidate: true, node_ip: '127.0.0.1' },
      redis: { address: `127.0.0.1:${redisPort}` },
      keys: { [keys.apiKey]: keys.apiSecret },
      room: { auto_create: true, empty_timeout: 60, departure_timeout: 20 },
      logging: { level: 'info', json: false },
    }),
  );
  const server = await restartable(async () => {
    const args = ['--config', configFile];
    const started = startProcess({ name, command: binary, args, logFile: logFile(name) });
    const answers = async () => (await fetch(`http://127.0.0.1:${port}`).catch(() => undefined))?.ok === true;
    await untilReady(started, 30, answers);
    return started;
  });
  return { server, url: `ws://127.0.0.1:${port}` };
}

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
