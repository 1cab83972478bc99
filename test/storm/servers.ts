import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/stack/free-port.ts';
import { executablePath, loadConfig } from '../../src/config.ts';
import { livekitBinary } from '../../src/stack/livekit-binary.ts';
import { startPostgres } from '../../src/stack/postgres.ts';
import { consoleProgress } from '../../src/stack/progress.ts';
import { startLivekitNode, startRedis } from './cluster.ts';

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
  const redis = await startRedis({ folder, logFile });
  const keys = { apiKey: 'storm', apiSecret: 'a-secret-of-the-storm-that-is-long-enough' };
  const node = { name: 'livekit-server', binary, redisPort: redis.port, keys };
  const livekit = await startLivekitNode({ folder, logFile }, node);
  return {
    folder,
    logFile,
    postgres: { url: postgres.url, pid: postgres.process.pid },
    redis: redis.server,
    redisUrl: redis.url,
    livekit: livekit.server,
    livekitAddress: { url: livekit.url, ...keys },
    async stop({ keepLogs }: { keepLogs: boolean }) {
      await livekit.server.stop();
      await redis.server.stop();
      await postgres.process.stop();
      if (!keepLogs) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Servers = Awaited<ReturnType<typeof startServers>>;
