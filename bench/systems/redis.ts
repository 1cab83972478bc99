import { Redis } from 'ioredis';
import { freePort } from '../../src/stack/free-port.ts';
import { startProcess, untilReady } from '../../src/stack/managed-process.ts';

export type RedisServer = {
  pid: number;
  /** `host:port`. */
  address: string;
  client: Redis;
  stop(): Promise<void>;
};

/** A `redis-server` of its own on a free port of loopback, which keeps nothing. */
export async function startRedis(logFile: string): Promise<RedisServer> {
  const port = await freePort();
  const process = startProcess({
    name: 'redis-server',
    command: 'redis-server',
    args: ['--port', `${port}`, '--bind', '127.0.0.1', '--save', ''],
    logFile,
  });
  const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50 });
  client.on('error', () => undefined);
  const stop = async () => {
    client.disconnect();
    await process.stop();
  };
  try {
    await untilReady(process, 10, async () => client.status === 'ready');
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: process.pid, address: `127.0.0.1:${port}`, client, stop };
}
