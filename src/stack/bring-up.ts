import { accessSync, constants, mkdirSync } from 'node:fs';
import { type Config, executablePath } from '../config.ts';
import { closeAll } from './all-or-none.ts';
import { livekitBinary } from './livekit-binary.ts';
import { startLivekitServer } from './livekit-server.ts';
import type { ManagedProcess } from './managed-process.ts';
import { startPostgres } from './postgres.ts';
import type { Progress } from './progress.ts';
import { takeRunLock } from './run-lock.ts';

export type Stack = {
  databaseUrl: string;
  livekit: { url: string; apiKey: string; apiSecret: string };
  /** Resolves with a sentence when a server that was started here ends by itself. */
  broken: Promise<string>;
  /** Stops what was started here and nothing else, in the order in which nothing is lost. Idempotent. */
  stop: () => Promise<void>;
};

/**
 * Starts what this machine is missing: livekit-server unless LIVEKIT_URL names one, PostgreSQL unless DATABASE_URL does.
 * @throws Error with a sentence that says what to do; nothing stays running then
 */
export async function bringUp(options: { config: Config; progress: Progress; signal: AbortSignal }): Promise<Stack> {
  const { config, progress, signal } = options;
  const dataDir = writableFolder(config.PARLEY_DATA_DIR);
  const lock = await takeRunLock(dataDir);
  const started: ManagedProcess[] = [];
  const keep = (process: ManagedProcess) => {
    started.push(process);
    lock.add(process);
  };
  let stopping: Promise<void> | undefined;
  const stop = () =>
    (stopping ??= (async () => {
      await closeAll([...started.toReversed().map((process) => () => process.stop()), async () => lock.release()]);
    })());

  async function livekit(): Promise<Stack['livekit']> {
    const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = config;
    if (url && apiKey && apiSecret) return { url, apiKey, apiSecret };
    const binary = await livekitBinary({ dataDir, path: executablePath(), progress, signal });
    return progress.step('Start livekit-server', async (say) => {
      const server = await startLivekitServer({
        binary,
        dataDir,
        host: config.PARLEY_HOST,
        port: config.PARLEY_LIVEKIT_PORT,
        onStart: keep,
      });
      say(server.url);
      return server;
    });
  }
  async function database(): Promise<string> {
    if (config.DATABASE_URL) return config.DATABASE_URL;
    return progress.step('Start PostgreSQL', async (say) => {
      const server = await startPostgres({ dataDir, port: config.PARLEY_POSTGRES_PORT, onStart: keep });
      say(`port ${config.PARLEY_POSTGRES_PORT}`);
      return server.url;
    });
  }
  const parts = await Promise.allSettled([database(), livekit()]);
  const failures = parts.flatMap((part) => (part.status === 'rejected' ? [part.reason as Error] : []));
  if (failures.length > 0 || signal.aborted) {
    await stop();
    throw new Error(failures.map((failure) => failure.message).join('\n') || 'Stopped.');
  }
  const [databaseUrl, livekitServer] = parts.map((part) => (part as PromiseFulfilledResult<unknown>).value) as [
    string,
    Stack['livekit'],
  ];
  return {
    databaseUrl,
    livekit: livekitServer,
    broken: Promise.race([new Promise<never>(() => undefined), ...started.map((process) => process.ended)]),
    stop,
  };
}

/** @throws Error that names the folder and the setting */
export function writableFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
    return path;
  } catch (error) {
    throw new Error(
      `The data folder ${path} cannot be written (${(error as NodeJS.ErrnoException).code}). Set PARLEY_DATA_DIR to a folder that can be.`,
    );
  }
}
