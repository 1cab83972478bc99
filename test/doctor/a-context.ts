import { lookup } from 'node:dns/promises';
import { inspectSettings } from '../../src/config.ts';
import type { Check, DoctorContext } from '../../src/doctor/check.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { openDatabase, type Database } from '../../src/store/connection/database.ts';

/** What checks look at, from these settings; nothing of this shell and no running `up`. */
export function aContext(env: Record<string, string> = {}, overrides: Partial<DoctorContext> = {}): DoctorContext {
  const { config, problems } = inspectSettings({ PARLEY_DATA_DIR: '/nonexistent', ...env });
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = config;
  let database: Database | undefined;
  return {
    config,
    reading: { problems, overruled: [], unknown: [] },
    up: undefined,
    databaseUrl: config.DATABASE_URL,
    database: () => (database ??= openDatabase({ url: config.DATABASE_URL!, outageSeconds: 0, maxConnections: 1 })),
    pingRedis: async () => undefined,
    livekit: url && apiKey && apiSecret ? { url, apiKey, apiSecret } : undefined,
    apiUrl: `http://127.0.0.1:${config.PARLEY_PORT}`,
    apiKey: config.AGENTS_API_KEY,
    lookup: (host) => lookup(host, { all: true }),
    machine: { nodeVersion: process.versions.node, inContainer: false },
    ...overrides,
  };
}

export async function findingsOf(check: Check, context: DoctorContext): Promise<Finding[]> {
  return [await check.run(context, AbortSignal.timeout(20_000))].flat();
}

/** What a check found, one line each: `failed: message → cure`. */
export async function linesOf(check: Check, context: DoctorContext): Promise<string[]> {
  return (await findingsOf(check, context)).map(
    ({ status, message, cure }) => `${status}: ${message}${cure ? ` → ${cure}` : ''}`,
  );
}
