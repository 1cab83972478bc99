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

/** One PostgreSQL and one livekit-server for the whole run, on free ports, with data in a folder that is removed at the end. */
export default async function globalSetup(project: TestProject): Promise<() => Promise<void>> {
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
  project.provide('postgresUrl', postgres.urlOf('postgres'));
  project.provide('livekit', { url: livekit.url, apiKey: livekit.apiKey, apiSecret: livekit.apiSecret });
  return async () => {
    await livekit.process.stop();
    await postgres.process.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
