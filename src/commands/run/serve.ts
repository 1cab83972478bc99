import { setTimeout as sleep } from 'node:timers/promises';
import { composeServe, type Endpoints } from '../../compose.ts';
import type { Config } from '../../config.ts';
import { checkLivekit, isRefusal } from '../../livekit/wait-for-livekit.ts';
import { migrate } from '../../store/migrate.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { Command } from '../command.ts';

export const serve: Command = {
  help: `parley serve

Runs the API, the page and the dispatcher. Stateless: run as many as you like behind a load balancer. Needs DATABASE_URL,
LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET; AGENTS_API_KEY seeds the first API key. Brings the database to this
version first. Ends on SIGTERM or Ctrl-C when running requests are answered.

Exit codes: 0 stopped, 1 could not start.`,
  options: {},
  async run({ config, signal, out }) {
    const endpoints = configuredEndpoints(config);
    await migrate({ url: endpoints.databaseUrl, log: (line) => out.write(`${line}\n`), signal });
    await checkLivekit(endpoints.livekit).catch((error: unknown) => {
      if (isRefusal(error)) throw error;
      const { host } = new URL(endpoints.livekit.url);
      out.write(`LiveKit at ${host} cannot be reached yet. The API starts without it; calls need it (LIVEKIT_URL).\n`);
    });
    const logger = createLogger({ level: config.PARLEY_LOG_LEVEL, component: 'serve', out: process.stderr });
    const keys = config.AGENTS_API_KEY ? [config.AGENTS_API_KEY] : [];
    const server = await composeServe({ config, endpoints, keys, logger });
    out.write(`Parley serves ${server.url}\n`);
    await untilAborted(signal);
    await server.close();
    return 0;
  },
};

/** @throws Error that names every missing setting */
export function configuredEndpoints(config: Config): Endpoints {
  const {
    DATABASE_URL: databaseUrl,
    LIVEKIT_URL: url,
    LIVEKIT_API_KEY: apiKey,
    LIVEKIT_API_SECRET: apiSecret,
  } = config;
  if (databaseUrl && url && apiKey && apiSecret) return { databaseUrl, livekit: { url, apiKey, apiSecret } };
  const missing = Object.entries({ DATABASE_URL: databaseUrl, LIVEKIT_URL: url })
    .filter(([, value]) => !value)
    .map(([name]) => name);
  throw new Error(
    `${missing.join(' and ')} must be set. On one machine \`parley up\` brings a database and a livekit-server of its own; here name yours (docs/configuration.md).`,
  );
}

/** Resolves when the signal aborts. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await sleep(1 << 30, undefined, { signal }).catch(() => undefined);
}
