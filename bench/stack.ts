import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { executablePath, loadConfig } from '../src/config.ts';
import { livekitBinary } from '../src/stack/livekit-binary.ts';
import { startLivekitServer } from '../src/stack/livekit-server.ts';
import { startPostgres } from '../src/stack/postgres.ts';
import { consoleProgress } from '../src/stack/progress.ts';
import { freePort } from './free-port.ts';

/** livekit-server and PostgreSQL on free ports, with their data in a folder that goes with them. */
export async function startStack() {
  const workDir = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const binary = await livekitBinary({
    dataDir: loadConfig().PARLEY_DATA_DIR,
    path: executablePath(),
    progress: consoleProgress(process.stderr),
  });
  // Statements are counted only on the database of the scenario that asks for it.
  const counting = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'none' };
  const postgres = await startPostgres({ dataDir: workDir, port: await freePort(), settings: counting });
  let databases = 0;
  const livekit = await startLivekitServer({ binary, dataDir: workDir, host: '127.0.0.1', port: await freePort() });
  return {
    workDir,
    databaseUrl: postgres.url,
    postgresPid: postgres.process.pid,
    /** An empty database, for a scenario that fills it; with `countStatements` what is sent to it is counted. */
    async newDatabase({ countStatements = false } = {}): Promise<string> {
      const name = `bench_${(databases += 1)}`;
      const client = new Client({ connectionString: postgres.url });
      await client.connect();
      try {
        await client.query(`CREATE DATABASE ${name}`);
        if (countStatements) await client.query(`ALTER DATABASE ${name} SET pg_stat_statements.track = 'top'`);
      } finally {
        await client.end();
      }
      return postgres.urlOf(name);
    },
    livekit: { url: livekit.url, apiKey: livekit.apiKey, apiSecret: livekit.apiSecret },
    async stop() {
      await livekit.process.stop();
      await postgres.process.stop();
      rmSync(workDir, { recursive: true, force: true });
    },
  };
}

export type Stack = Awaited<ReturnType<typeof startStack>>;
