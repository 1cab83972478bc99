import { lookup } from 'node:dns/promises';
import { Redis } from 'ioredis';
import type { SettingsReading } from '../config.ts';
import type { DoctorContext } from '../doctor/check.ts';
import { inContainer } from '../doctor/in-container.ts';
import { readDevelopmentKey } from '../stack/development-key.ts';
import { startedLivekit } from '../stack/livekit-server.ts';
import { startedPostgresUrl } from '../stack/postgres.ts';
import { runningUp } from '../stack/run-lock.ts';
import { type Database, openDatabase } from '../store/connection/database.ts';

/** What the checks of the doctor look at. Connects to nothing by itself. `close` ends what checks opened. */
export function composeDoctor(reading: SettingsReading): { context: DoctorContext; close: () => Promise<void> } {
  const { config } = reading;
  const { PARLEY_DATA_DIR: dataDir, PARLEY_HOST: host } = config;
  const up = runningUp(dataDir);
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = config;
  const databaseUrl = config.DATABASE_URL ?? (up && startedPostgresUrl({ dataDir, port: config.PARLEY_POSTGRES_PORT }));
  let database: Database | undefined;
  const context: DoctorContext = {
    config,
    reading,
    up,
    databaseUrl,
    database: () =>
      (database ??= openDatabase({
        url: databaseUrl!,
        applicationName: 'parley-doctor',
        maxConnections: 3,
        outageSeconds: 0,
      })),
    pingRedis,
    livekit:
      url && apiKey && apiSecret
        ? { url, apiKey, apiSecret }
        : up && !url
          ? startedLivekit({ dataDir, host, port: config.PARLEY_LIVEKIT_PORT })
          : undefined,
    apiUrl: `${config.PARLEY_HTTPS ? 'https' : 'http'}://${reachable(host)}:${config.PARLEY_PORT}`,
    apiKey: config.AGENTS_API_KEY ?? readDevelopmentKey(dataDir),
    lookup: (name) => lookup(name, { all: true, verbatim: true }),
    machine: { nodeVersion: process.versions.node, inContainer: inContainer() },
  };
  return { context, close: async () => database?.close() };
}

/** Where this machine reaches what listens on `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function pingRedis(url: string, signal: AbortSignal): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 5_000, retryStrategy: () => null });
  const end = () => redis.disconnect();
  signal.addEventListener('abort', end, { once: true });
  const { promise, reject } = Promise.withResolvers<never>();
  // What the client throws says only that it is closed; the reason comes as an event.
  redis.on('error', reject);
  try {
    await Promise.race([promise, redis.connect().then(() => redis.ping())]);
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}
