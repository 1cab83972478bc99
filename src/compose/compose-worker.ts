import type { Logger } from 'pino';
import { type EngineModels, startEngine } from '../../pipelines/index.ts';
import type { EmbeddingSettings } from '../calls/knowledge/embeddings.ts';
import { recoverLostCalls } from '../calls/end/recover-lost-calls.ts';
import type { CallProcessConfig } from './compose-call-process.ts';
import { type Endpoints } from './endpoints.ts';
import { operatorRules } from './operator-rules.ts';
import { pipelineDirectory } from './pipeline-directory.ts';
import { toolSettings } from './tool-settings.ts';
import { version } from './version.ts';
import { workerGauges } from './worker-gauges.ts';
import type { Config } from '../config.ts';
import { livekitRooms } from '../livekit/rooms.ts';
import { callStore } from '../store/calls/call-store.ts';
import { openDatabase } from '../store/connection/database.ts';
import { recordingStore } from '../store/calls/recording-store.ts';
import { spoolOf } from '../store/recordings/recording-files.ts';
import { workerStore } from '../store/worker-store.ts';
import { watchDependencies } from '../telemetry/dependency-health.ts';
import { logTo } from '../telemetry/logger.ts';
import { countingCalls } from '../telemetry/metrics/measure-calls.ts';
import type { Metrics } from '../telemetry/metrics/metrics.ts';
import { settleLeftFiles } from '../worker/recording/settle-left-files.ts';
import { startWorkerHost, type WorkerHost } from '../worker/host/host.ts';
import { announcePresence } from '../worker/host/presence.ts';
import { startStatusServer, type WorkerStatus } from '../worker/host/status-server.ts';

/** Who tells what passages of papers mean; Ollama speaks as OpenAI does beneath `/v1`. */
function embeddingOf(config: Config): EmbeddingSettings | undefined {
  const { PARLEY_EMBEDDING_MODEL: model, PARLEY_EMBEDDING_API_KEY: apiKey, OLLAMA_URL: ollama } = config;
  const url = config.PARLEY_EMBEDDING_URL ?? (ollama && `${ollama.replace(/\/$/, '')}/v1`);
  return model && url ? { url, model, ...(apiKey && { apiKey }) } : undefined;
}

/** The worker: its link to LiveKit, its call processes, and the engine they share. */
export function composeWorker(options: {
  config: Config;
  endpoints: Endpoints;
  /** Models of this host; without them only the end-of-turn model is loaded. */
  engineModels?: EngineModels;
  environment: Readonly<Record<string, string | undefined>>;
  /** Where call processes write their log. @default standard error */
  logFile?: string;
  metrics: Metrics;
  logger: Logger;
}): WorkerHost & WorkerStatus & { engineSocketPath: string } {
  const { config, endpoints, metrics, logger } = options;
  const log = logTo(logger);
  const engine = startEngine({ ...(options.engineModels ? { models: options.engineModels } : {}), log });
  const database = openDatabase({
    url: endpoints.databaseUrl,
    applicationName: 'parley-worker',
    maxConnections: 2,
    log,
  });
  const store = countingCalls(callStore(database), metrics);
  const rooms = livekitRooms({ connection: endpoints.livekit, agentName: config.PARLEY_AGENT_NAME });
  const processConfig: CallProcessConfig = {
    endpoints,
    agentName: config.PARLEY_AGENT_NAME,
    agentsDir: config.PARLEY_AGENTS_DIR,
    providers: config.providers,
    hedgedRequestsPercent: config.PARLEY_HEDGED_REQUESTS_PERCENT,
    defaultPipeline: config.PARLEY_PIPELINE,
    embedded: options.engineModels !== undefined,
    engineSocketPath: engine.socketPath,
    recordings: config.recordings,
    ...(config.PARLEY_PRICES_FILE ? { pricesFile: config.PARLEY_PRICES_FILE } : {}),
    telemetry: { ...config.telemetry, version },
    rules: operatorRules(config),
    tools: toolSettings(config),
    embedding: embeddingOf(config),
    logLevel: config.PARLEY_LOG_LEVEL,
    ...(options.logFile !== undefined && { logFile: options.logFile }),
  };
  const autoPreset = pipelineDirectory(config);
  const host = startWorkerHost({
    livekit: endpoints.livekit,
    agentName: config.PARLEY_AGENT_NAME,
    callProcesses: config.PARLEY_CALL_PROCESSES,
    callsPerProcess: config.PARLEY_CALLS_PER_PROCESS,
    embeddedCalls: options.engineModels ? config.PARLEY_EMBEDDED_CALLS : 0,
    usesEngine: ({ pipeline }) => (pipeline ?? autoPreset.first()) === 'embedded',
    callProcess: { config: processConfig, environment: options.environment, raceShim: config.PARLEY_RACE_SHIM },
    recoverLostCalls: (loss) => recoverLostCalls({ store, rooms }, loss),
    measurements: metrics,
    log,
  });
  let isReady = false;
  void host.ready.then(() => (isReady = true)).catch(() => undefined);
  const presence = announcePresence({
    store: workerStore(database),
    state: () => (host.draining ? 'draining' : isReady ? 'ready' : 'starting'),
    embedded: options.engineModels !== undefined,
    log,
  });
  const watch = watchDependencies({
    checks: { postgres: async () => void (await database.pool.query('SELECT 1')) },
  });
  const leftFiles = settleLeftFiles({ spool: spoolOf(config.recordings), store: recordingStore(database), log });
  const dependencies = () => ({
    ...watch.states(),
    livekit: host.connected
      ? ({ status: 'up' } as const)
      : ({ status: 'down', message: `The worker is not registered with ${endpoints.livekit.url}.` } as const),
  });
  const gauges = workerGauges(host, { metrics, dependencies });
  return {
    ...host,
    engineSocketPath: engine.socketPath,
    dependencies,
    // Models and call processes load at the same time.
    ready: Promise.all([engine.ready, host.ready]).then(() => undefined),
    get connected() {
      return host.connected;
    },
    get draining() {
      return host.draining;
    },
    async close() {
      watch.close();
      gauges.close();
      await host.close();
      await presence.close();
      await leftFiles.close();
      await engine.close();
      await database.close();
    },
  };
}

/** The status that a worker reports when it runs by itself; with `up` the API reports it. @throws Error when the port cannot be had */
export function composeWorkerStatus(options: { config: Config; worker: WorkerStatus; metrics: Metrics }) {
  const { config, worker, metrics } = options;
  return startStatusServer({
    worker,
    version,
    metrics: () => metrics.text(),
    metricsToken: config.PARLEY_METRICS_TOKEN,
    host: config.PARLEY_HOST,
    port: config.PARLEY_WORKER_PORT,
  });
}
