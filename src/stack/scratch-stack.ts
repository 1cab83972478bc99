import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executablePath } from '../config.ts';
import { livekitBinary } from './livekit-binary.ts';
import { startLivekitServer } from './livekit-server.ts';
import { freePort } from './free-port.ts';
import { closeAll } from './all-or-none.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';
import type { Progress } from './progress.ts';

export type ScratchStack = {
  /** For logs and other files; it goes with the servers. */
  workDir: string;
  postgres: PostgresServer;
  livekit: { url: string; apiKey: string; apiSecret: string; pid: number };
  /** Stops both and removes what they kept. Idempotent. */
  stop: () => Promise<void>;
};

/**
 * A livekit-server and a PostgreSQL of their own for a test: on free ports of loopback, with their data in a folder that goes with
 * them, whatever the settings name.
 */
export async function startScratchStack(options: {
  /** Where livekit-server is, or is fetched to. */
  dataDir: string;
  progress: Progress;
  signal?: AbortSignal;
  /** Further settings of PostgreSQL. */
  settings?: Record<string, string>;
}): Promise<ScratchStack> {
  const { dataDir, progress, signal, settings } = options;
  const binary = await livekitBinary({ dataDir, path: executablePath(), progress, ...(signal && { signal }) });
  const workDir = mkdtempSync(join(tmpdir(), 'parley-test-'));
  const closers: (() => Promise<void>)[] = [async () => rmSync(workDir, { recursive: true, force: true })];
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= closeAll(closers.toReversed()));
  const onStart = (process: { stop: () => Promise<void> }) => closers.push(() => process.stop());
  try {
    const postgres = await startPostgres({
      dataDir: workDir,
      port: await freePort(),
      ...(settings && { settings }),
      onStart,
    });
    const server = await startLivekitServer({
      binary,
      dataDir: workDir,
      host: '127.0.0.1',
      port: await freePort(),
      onStart,
    });
    const { url, apiKey, apiSecret } = server;
    return { workDir, postgres, livekit: { url, apiKey, apiSecret, pid: server.process.pid }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
