import { checkPipeline, connectEngine, pipelinePresets, ProviderError, startEngine } from '../../../pipelines/index.ts';
import { pipelineDirectory } from '../../compose.ts';
import type { Config } from '../../config.ts';
import { checkLivekit } from '../../livekit/wait-for-livekit.ts';
import { modelLicences } from '../../stack/models/licences.ts';
import { prepareEngineModels } from '../../stack/models/prepare-engine-models.ts';
import { openDatabase } from '../../store/connection/database.ts';
import { createLogger, logTo } from '../../telemetry/logger.ts';
import { startSdk } from '../../worker/conversation/sdk-pins.ts';
import type { Command } from '../command.ts';

type Row = { part: string; ok: boolean; latencyMs: number | undefined; message: string };

export const check: Command = {
  help: `parley check [--json]

Tests every configured service for real: connects, makes a tiny request and measures it. Lists the licences of the embedded
engines and models.

  --json   one JSON object instead of tables

Exit codes: 0 every configured service answers, 1 at least one does not.`,
  options: { json: { type: 'boolean' } },
  async run({ config, values, signal, out }) {
    const rows = [...(await servers(config)), ...(await providers(config, signal))];
    const ok = rows.every((row) => row.ok);
    if (values['json']) out.write(`${JSON.stringify({ ok, checks: rows, licences: modelLicences() }, null, 2)}\n`);
    else out.write(table(rows));
    return ok ? 0 : 1;
  },
};

async function servers(config: Config): Promise<Row[]> {
  const rows: Row[] = [];
  const { DATABASE_URL, LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET } = config;
  if (DATABASE_URL)
    rows.push(
      await timed('PostgreSQL', async () => {
        const database = openDatabase({ url: DATABASE_URL, outageSeconds: 0, maxConnections: 1 });
        try {
          const { rows: found } = await database.pool.query<{ server_version: string }>('SHOW server_version');
          return `version ${found[0]?.server_version}`;
        } finally {
          await database.close();
        }
      }),
    );
  if (LIVEKIT_URL && LIVEKIT_API_KEY && LIVEKIT_API_SECRET)
    rows.push(
      await timed('livekit-server', async () => {
        await checkLivekit({ url: LIVEKIT_URL, apiKey: LIVEKIT_API_KEY, apiSecret: LIVEKIT_API_SECRET });
        return 'the key is accepted';
      }),
    );
  return rows;
}

async function timed(part: string, work: () => Promise<string>): Promise<Row> {
  const startedMs = performance.now();
  try {
    const message = await work();
    return { part, ok: true, latencyMs: performance.now() - startedMs, message };
  } catch (error) {
    return { part, ok: false, latencyMs: undefined, message: (error as Error).message };
  }
}

/** The providers of every pipeline that is configured; one that is not says what it lacks, which is no failure. */
async function providers(config: Config, signal: AbortSignal): Promise<Row[]> {
  const directory = pipelineDirectory(config);
  const logger = createLogger({ level: config.PARLEY_LOG_LEVEL, component: 'check', out: process.stderr });
  const log = logTo(logger);
  startSdk(log);
  const models = config.PARLEY_EMBEDDED
    ? await prepareEngineModels({
        dataDir: config.PARLEY_DATA_DIR,
        languageModel: config.PARLEY_EMBEDDED_LLM,
        log: (line) => process.stderr.write(`  … ${line}\n`),
        signal,
      })
    : {};
  const engine = startEngine({ models, log });
  try {
    await engine.ready;
    const client = connectEngine(engine.socketPath);
    try {
      const rows: Row[] = [];
      for (const name of Object.keys(pipelinePresets)) {
        try {
          const definition = directory.resolve({ preset: name });
          const checked = await checkPipeline(definition, { settings: config.providers, engine: client });
          for (const { provider, title, ok, latencyMs, message } of checked.providers)
            rows.push({ part: `${name}: ${provider}`, ok, latencyMs, message: ok ? `${title}. ${message}` : message });
        } catch (error) {
          if (!(error instanceof ProviderError)) throw error;
          rows.push({ part: name, ok: true, latencyMs: undefined, message: error.message });
        }
      }
      return rows;
    } finally {
      client.close();
    }
  } finally {
    await engine.close();
  }
}

function table(rows: Row[]): string {
  const width = Math.max(...rows.map(({ part }) => part.length));
  const lines = rows.map(({ part, ok, latencyMs, message }) => {
    const latency = latencyMs === undefined ? '' : `${Math.round(latencyMs)} ms`;
    return `${ok ? (latencyMs === undefined ? '–' : '✓') : '✗'} ${part.padEnd(width)} ${latency.padStart(8)}  ${message}`;
  });
  const licences = modelLicences().map(({ name, licence, note }) => `  ${name}: ${licence}. ${note}`);
  return `${lines.join('\n')}\n\nLicences of the embedded engines and models\n${licences.join('\n')}\n`;
}
