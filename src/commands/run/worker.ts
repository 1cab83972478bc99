import { composeWorker, composeWorkerStatus, startMetrics } from '../../compose.ts';
import { environment } from '../../config.ts';
import { prepareEngineModels } from '../../stack/models/prepare-engine-models.ts';
import { waitForLivekit } from '../../livekit/wait-for-livekit.ts';
import { migrate } from '../../store/migrate.ts';
import { watchIdleMemory } from '../../telemetry/idle-memory.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { Command } from '../command.ts';
import { configuredEndpoints, untilAborted } from './serve.ts';

export const worker: Command = {
  help: `parley worker

Runs calls: registers with LiveKit and hosts PARLEY_CALL_PROCESSES processes of PARLEY_CALLS_PER_PROCESS calls each. Serves
/health, /ready and /metrics on PARLEY_WORKER_PORT. Needs
DATABASE_URL, LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET. Fetches the embedded models unless PARLEY_EMBEDDED=0. Brings
the database to this version first, and waits up to 30 s for a PostgreSQL that is starting, for LiveKit as long as it takes.

On SIGTERM or Ctrl-C it takes no new calls; running ones may finish for PARLEY_DRAIN_SECONDS, then each hears a goodbye. A
second Ctrl-C ends it at once.

Exit codes: 0 stopped, 1 could not start.`,
  options: {},
  async run({ config, signal, out }) {
    const endpoints = configuredEndpoints(config);
    const say = (line: string) => void out.write(`${line}\n`);
    // A call would be lost on a database of another version.
    await migrate({ url: endpoints.databaseUrl, log: say, signal });
    const engineModels = config.PARLEY_EMBEDDED
      ? await prepareEngineModels({
          dataDir: config.PARLEY_DATA_DIR,
          languageModel: config.PARLEY_EMBEDDED_LLM,
          log: (line) => say(`  … ${line}`),
          signal,
        })
      : undefined;
    const logger = createLogger({ level: config.PARLEY_LOG_LEVEL, component: 'worker', out: process.stderr });
    const { metrics, close: closeMetrics } = startMetrics('worker');
    const host = composeWorker({
      config,
      endpoints,
      ...(engineModels ? { engineModels } : {}),
      environment: environment(),
      metrics,
      logger,
    });
    try {
      const status = await composeWorkerStatus({ config, worker: host, metrics });
      try {
        say(`The worker serves its status at ${status.url}.`);
        await waitForLivekit({ connection: endpoints.livekit, waitSeconds: Infinity, log: say, signal });
        await host.ready;
        say(`The worker "${config.PARLEY_AGENT_NAME}" takes up to ${host.capacity()} calls.`);
        watchIdleMemory();
        await untilAborted(signal);
        await host.drain(config.PARLEY_DRAIN_SECONDS);
      } finally {
        await status.close();
      }
    } finally {
      await host.close();
      await closeMetrics();
    }
    return 0;
  },
};
