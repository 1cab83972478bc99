import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { executablePath, loadConfig } from '../../src/config.ts';
import { freePort } from '../../src/stack/free-port.ts';
import { livekitBinary } from '../../src/stack/livekit-binary.ts';
import { startLivekitServer } from '../../src/stack/livekit-server.ts';
import { startPostgres } from '../../src/stack/postgres.ts';
import { consoleProgress } from '../../src/stack/progress.ts';
import { migrate } from '../../src/store/migrate.ts';
import { query, templateName } from './servers.ts';

let servers: ReturnType<typeof startServers> | undefined;
let users = 0;

/** One PostgreSQL and one livekit-server for all projects of a run that have tests with servers. */
export default async function globalSetup(project: TestProject): Promise<() => Promise<void>> {
  servers ??= startServers();
  users += 1;
  const running = await servers;
  project.provide('postgresUrl', running.postgresUrl);
  project.provide('livekit', running.livekit);
  return async () => {
    users -= 1;
    if (users === 0) await running.stop();
  };
}

/** They listen on free ports, with data in a folder that is removed at the end. */
async function startServers() {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-test-'));
  const kept = loadConfig().PARLEY_DATA_DIR;
  const binary = await livekitBinary({
    dataDir: kept,
    path: executablePath(),
    progress: consoleProgress(process.stderr),
  });
  const postgres = await startPostgres({ dataDir, port: await freePort(), durable: false });
  const livekit = await startLivekitServer({ binary, dataDir, host: '127.0.0.1', port: await freePort() });
  await query(postgres.urlOf('postgres'), `CREATE DATABASE ${templateName}`);
  await migrate({ url: postgres.urlOf(templateName) });
  return {
    postgresUrl: postgres.urlOf('postgres'),
    livekit: { url: livekit.url, apiKey: livekit.apiKey, apiSecret: livekit.apiSecret },
    async stop() {
      await livekit.process.stop();
      await postgres.process.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
