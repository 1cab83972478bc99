import { Client } from 'pg';
import { loadConfig } from '../src/config.ts';
import { consoleProgress } from '../src/stack/progress.ts';
import { startScratchStack } from '../src/stack/scratch-stack.ts';

/** livekit-server and PostgreSQL on free ports, with their data in a folder that goes with them. */
export async function startStack() {
  const { workDir, postgres, livekit, stop } = await startScratchStack({
    dataDir: loadConfig().PARLEY_DATA_DIR,
    progress: consoleProgress(process.stderr),
    // Statements are counted only on the database of the scenario that asks for it.
    settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'none' },
  });
  let databases = 0;
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
    livekit,
    stop,
  };
}

export type Stack = Awaited<ReturnType<typeof startStack>>;
