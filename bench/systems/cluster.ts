import { join } from 'node:path';
import { Client } from 'pg';
import { executablePath, loadConfig } from '../../src/config.ts';
import { type Parley, type ParleyOptions, startParley, startWorker } from '../../src/load/start-parley.ts';
import { cpuSeconds } from '../../src/load/process-tree.ts';
import { freePort } from '../../src/stack/free-port.ts';
import { livekitBinary } from '../../src/stack/livekit-binary.ts';
import { startLivekitServer } from '../../src/stack/livekit-server.ts';
import { consoleProgress } from '../../src/stack/progress.ts';
import type { Resources } from '../resources.ts';
import { countStatements } from '../statements.ts';
import type { Stack } from '../stack.ts';
import { startRedis } from './redis.ts';

/** What the parts of a cluster have used since it was started. */
export type Usage = {
  /** Seconds of one core, by part: all workers together, all `serve`, all livekit-servers. */
  cpuSeconds: Record<'workers' | 'serves' | 'nodes' | 'redis' | 'postgres', number>;
  redisCommands: number;
  /** That PostgreSQL was sent. */
  statements: number;
};

export type Cluster = {
  /** Each `serve`, with the livekit-server next to it. */
  serves: readonly Parley[];
  usage(): Promise<Usage>;
  /** Rooms that each livekit-server has now, most first. */
  roomsByNode(): Promise<number[]>;
  /** CPU seconds of each worker so far. */
  workerSeconds(): number[];
};

const nodeCount = 2;
const workerCount = 3;

/**
 * Two livekit-servers that share a Redis, two `serve`, three workers, PostgreSQL: an installation over several hosts, on one.
 * Of the workers two are beside the first livekit-server.
 */
export async function startCluster(options: {
  stack: Stack;
  providers: Record<string, string>;
  agentsDir: string;
  /** How many one worker can take at once. */
  callsPerWorker: number;
  /** Has what was started stopped at the end, also when that comes while others are being started. */
  use: Resources['use'];
}): Promise<Cluster> {
  const { stack, callsPerWorker, use } = options;
  const redis = use(await startRedis(join(stack.workDir, 'redis.log')));
  const nodes: Stack['livekit'][] = [];
  const binary = await livekitBinary({
    dataDir: loadConfig().PARLEY_DATA_DIR,
    path: executablePath(),
    progress: consoleProgress(process.stderr),
  });
  for (let index = 0; index < nodeCount; index++) {
    const place = { dataDir: stack.workDir, host: '127.0.0.1', port: await freePort(), redis: redis.address };
    const { process: server, ...livekit } = await startLivekitServer({ binary, ...place });
    use(server);
    nodes.push({ ...livekit, pid: server.pid });
  }
  const databaseUrl = await stack.newDatabase({ countStatements: true });
  const beside = (index: number): ParleyOptions => ({
    ...options,
    workDir: stack.workDir,
    databaseUrl,
    livekit: nodes[index % nodeCount]!,
    calls: callsPerWorker,
    agent: 'bench',
    pipeline: 'cloud',
    settings: {
      REDIS_URL: `redis://${redis.address}`,
      PARLEY_MAX_CALLS: String(workerCount * callsPerWorker),
      // Its models would be loaded by each worker, and no call of this one needs them.
      PARLEY_EMBEDDED: '0',
    },
  });
  const serves = [use(await startParley(beside(0))), use(await startParley(beside(1)))];
  const third = use(await startWorker(beside(2), 'parley-third-worker'));
  const workers = [...serves.map(({ pid }) => pid), third.pid];
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  client.on('error', () => undefined);
  use({ stop: () => client.end() });
  const query = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await client.query<Row>(sql, values)).rows;
  await query('CREATE EXTENSION pg_stat_statements');
  let counted = 0;
  const secondsOf = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  return {
    serves,
    usage: async () => ({
      cpuSeconds: {
        workers: secondsOf(workers),
        serves: secondsOf(serves.map(({ servePid }) => servePid)),
        nodes: secondsOf(nodes.map(({ pid }) => pid)),
        redis: cpuSeconds(redis.pid),
        postgres: cpuSeconds(stack.postgresPid),
      },
      redisCommands: Number(/^total_commands_processed:(\d+)/m.exec(await redis.client.info('stats'))?.[1]),
      statements: (counted += [...(await countStatements({ query })).values()].reduce((sum, count) => sum + count, 0)),
    }),
    // LiveKit's own table, from the room to its node.
    roomsByNode: async () => {
      const nodeOf = Object.values(await redis.client.hgetall('room_node_map'));
      return [...Map.groupBy(nodeOf, (node) => node).values()].map(({ length }) => length).sort((a, b) => b - a);
    },
    workerSeconds: () => workers.map((pid) => cpuSeconds(pid)),
  };
}
