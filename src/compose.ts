/**
 * The wiring: the only place that constructs clients and joins the parts. `up`, `serve`, `worker` and each call process begin
 * here. Nothing below decides anything.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import {
  buildPipeline,
  connectEngine,
  createEndOfTurnExecutor,
  createProviderHealth,
  type EngineModels,
  loadPrices,
  pipelinePresets,
  priceUsage,
  resolvePipeline,
  startEngine,
} from '../pipelines/index.ts';
import { watchAgents } from './agent-files/watch-agents.ts';
import { allowedCountries, checkTransferTarget } from './calls/check-transfer-target.ts';
import { ensureKey } from './calls/create-key.ts';
import { keyScopes, type PipelineDirectory } from './calls/ports.ts';
import { recoverLostCalls } from './calls/recover-lost-calls.ts';
import type { Config } from './config.ts';
import { createApp } from './http/app.ts';
import { selfSignedCertificate } from './http/https.ts';
import { type HttpServer, startServer } from './http/server.ts';
import type { LivekitConnection } from './livekit/connection.ts';
import { knownNames } from './known-names.ts';
import { livekitRooms } from './livekit/rooms.ts';
import { checkLivekit } from './livekit/wait-for-livekit.ts';
import { auditStore } from './store/audit-store.ts';
import { callStore } from './store/call-store.ts';
import { openDatabase } from './store/database.ts';
import { doNotCallStore } from './store/do-not-call-store.ts';
import { openEventBus } from './store/event-bus.ts';
import { keyStore } from './store/key-store.ts';
import { leadStore } from './store/lead-store.ts';
import { messageStore } from './store/message-store.ts';
import { tenantStore } from './store/tenant-store.ts';
import { watchDependencies } from './telemetry/dependency-health.ts';
import { createLogger, logTo } from './telemetry/logger.ts';
import type { CallProcessDependencies } from './worker/dependencies.ts';
import { startWorkerHost, type WorkerHost } from './worker/host.ts';
import { webLeg } from './worker/legs/web-leg.ts';

/** Where the servers are: from the settings, or from what `up` started. */
export type Endpoints = { databaseUrl: string; livekit: LivekitConnection };

/** Of everything that was not made for a tenant of its own: the operator's key, calls that come in by phone. */
const defaultTenant = { id: 'default', name: 'Default' };

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;

/** The API and the page. `keys` are seeded for the default tenant, so that there is a first one. */
export async function composeServe(options: {
  config: Config;
  endpoints: Endpoints;
  keys: string[];
  logger: Logger;
}): Promise<HttpServer> {
  const { config, endpoints, logger } = options;
  const log = logTo(logger);
  const database = openDatabase({ url: endpoints.databaseUrl, applicationName: 'parley-serve', log });
  await tenantStore(database).ensureTenant(defaultTenant);
  const keys = keyStore(database);
  for (const key of options.keys)
    await ensureKey({ tenantId: defaultTenant.id, name: 'first key', scopes: [...keyScopes], key }, keys);
  const agents = await watchAgents(config.PARLEY_AGENTS_DIR, { known: knownNames, log });
  const events = openEventBus({ url: endpoints.databaseUrl, log });
  const redis = config.REDIS_URL ? new Redis(config.REDIS_URL, { lazyConnect: true }) : undefined;
  redis?.on('error', (error) => log('warn', 'Redis cannot be reached', { error }));
  const watch = watchDependencies({
    everySeconds: 5,
    checks: {
      postgres: async () => void (await database.pool.query('SELECT 1')),
      livekit: () => checkLivekit(endpoints.livekit),
      ...(redis ? { redis: async () => void (await redis.ping()) } : {}),
    },
  });
  await watch.ready;
  const draining = new AbortController();
  const app = createApp({
    calls: callStore(database),
    keys,
    leads: leadStore(database),
    messages: messageStore(database),
    audit: auditStore(database),
    events,
    rooms: livekitRooms({ connection: endpoints.livekit, agentName: config.PARLEY_AGENT_NAME }),
    agents,
    pipelines: pipelineDirectory(config),
    checkTransferTarget: (transfer) =>
      checkTransferTarget(transfer, {
        rules: {
          allowedCountries: allowedCountries({
            countries: config.PARLEY_ALLOWED_COUNTRIES,
            fromNumber: config.SIP_FROM_NUMBER,
          }),
        },
        doNotCall: doNotCallStore(database),
      }),
    health: watch.states,
    draining: draining.signal,
    rateLimit: { requests: 600, windowSeconds: 60, ...(redis ? { redis } : {}) },
    version,
    ...(config.PARLEY_PUBLIC_URL ? { publicUrl: config.PARLEY_PUBLIC_URL } : {}),
    ...(config.LIVEKIT_PUBLIC_URL ? { livekitPublicUrl: config.LIVEKIT_PUBLIC_URL } : {}),
    pageFolder: fileURLToPath(new URL('web/public', import.meta.url)),
    logger,
  });
  const server = await startServer({
    app,
    host: config.PARLEY_HOST,
    port: config.PARLEY_PORT,
    livekitUrl: endpoints.livekit.url,
    draining,
    ...(config.PARLEY_HTTPS ? { certificate: await selfSignedCertificate(config.PARLEY_DATA_DIR) } : {}),
    logger,
  });
  return {
    url: server.url,
    async close() {
      await server.close();
      watch.close();
      await agents.close();
      await events.close();
      redis?.disconnect();
      await database.close();
    },
  };
}

/** The worker: its link to LiveKit, its call processes, and the engine they share. */
export function composeWorker(options: {
  config: Config;
  endpoints: Endpoints;
  /** Models of this host; without them only the end-of-turn model is loaded. */
  engineModels?: EngineModels;
  environment: Readonly<Record<string, string | undefined>>;
  logger: Logger;
}): WorkerHost & { engineSocketPath: string } {
  const { config, endpoints, logger } = options;
  const log = logTo(logger);
  const engine = startEngine({ ...(options.engineModels ? { models: options.engineModels } : {}), log });
  const database = openDatabase({
    url: endpoints.databaseUrl,
    applicationName: 'parley-worker',
    maxConnections: 2,
    log,
  });
  const store = callStore(database);
  const rooms = livekitRooms({ connection: endpoints.livekit, agentName: config.PARLEY_AGENT_NAME });
  const processConfig: CallProcessConfig = {
    endpoints,
    agentName: config.PARLEY_AGENT_NAME,
    agentsDir: config.PARLEY_AGENTS_DIR,
    providers: config.providers,
    defaultPipeline: config.PARLEY_PIPELINE,
    embedded: options.engineModels !== undefined,
    engineSocketPath: engine.socketPath,
    ...(config.PARLEY_PRICES_FILE ? { pricesFile: config.PARLEY_PRICES_FILE } : {}),
    logLevel: config.PARLEY_LOG_LEVEL,
  };
  const autoPreset = pipelineDirectory(config);
  const host = startWorkerHost({
    livekit: endpoints.livekit,
    agentName: config.PARLEY_AGENT_NAME,
    callProcesses: config.PARLEY_CALL_PROCESSES,
    callsPerProcess: config.PARLEY_CALLS_PER_PROCESS,
    embeddedCalls: config.PARLEY_EMBEDDED_CALLS,
    usesEngine: ({ pipeline }) => (pipeline ?? autoPreset.first()) === 'embedded',
    callProcess: { config: processConfig, environment: options.environment, raceShim: config.PARLEY_RACE_SHIM },
    recoverLostCalls: (loss) => recoverLostCalls({ store, rooms }, loss),
    log,
  });
  return {
    ...host,
    engineSocketPath: engine.socketPath,
    // Models and call processes load at the same time.
    ready: Promise.all([engine.ready, host.ready]).then(() => undefined),
    get connected() {
      return host.connected;
    },
    get draining() {
      return host.draining;
    },
    async close() {
      await host.close();
      await engine.close();
      await database.close();
    },
  };
}

/** What a call process is told over IPC; JSON. */
type CallProcessConfig = {
  endpoints: Endpoints;
  agentName: string;
  agentsDir: string;
  providers: Config['providers'];
  defaultPipeline: Config['PARLEY_PIPELINE'];
  embedded: boolean;
  engineSocketPath: string;
  pricesFile?: string;
  logLevel: Config['PARLEY_LOG_LEVEL'];
};

/** What the calls of one process share. */
export async function composeCallProcess(received: unknown): Promise<CallProcessDependencies> {
  const config = received as CallProcessConfig;
  const log = logTo(createLogger({ level: config.logLevel, component: 'call-process', out: process.stderr }));
  const database = openDatabase({
    url: config.endpoints.databaseUrl,
    applicationName: 'parley-calls',
    maxConnections: 4,
    log,
  });
  const agents = await watchAgents(config.agentsDir, { known: knownNames, log });
  const engine = connectEngine(config.engineSocketPath);
  const prices = await loadPrices(config.pricesFile);
  const health = createProviderHealth();
  return {
    calls: callStore(database),
    messages: messageStore(database),
    agents,
    rooms: livekitRooms({ connection: config.endpoints.livekit, agentName: config.agentName }),
    buildPipeline: ({ call, agent, variables, ...callbacks }) =>
      buildPipeline({
        definition: resolvePipeline({
          wanted: { ...call.pipelineOverrides, preset: call.pipeline },
          settings: config.providers,
          available: { embedded: config.embedded },
        }),
        settings: config.providers,
        context: {
          language: agent.language,
          sampleRateHz: 16000,
          engine,
          ...(agent.script ? { script: agent.script } : {}),
          variables,
          ...callbacks,
        },
        health,
      }),
    endOfTurn: createEndOfTurnExecutor(engine, log),
    priceOf: (usage) => priceUsage(usage, prices),
    legs: { web: () => webLeg() },
    log,
    async close() {
      engine.close();
      await agents.close();
      await database.close();
    },
  };
}

/** The presets with the operator's settings; `first` is what `auto` comes to. */
export function pipelineDirectory(config: Config): PipelineDirectory & { first(): string } {
  const directory: PipelineDirectory = {
    presets: Object.values(pipelinePresets).map(({ name, title }) => ({ name, title })),
    resolve(wanted) {
      const asked = typeof wanted === 'string' ? { preset: wanted } : wanted;
      const preset = (asked.preset ?? 'auto') === 'auto' ? config.PARLEY_PIPELINE : asked.preset;
      return resolvePipeline({
        wanted: { ...asked, preset },
        settings: config.providers,
        available: { embedded: config.PARLEY_EMBEDDED },
      });
    },
  };
  return { ...directory, first: () => directory.resolve('auto').name };
}
