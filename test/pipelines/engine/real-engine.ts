import { loadConfig } from '../../../src/config.ts';
import { prepareEngineModels } from '../../../src/stack/models/prepare-engine-models.ts';
import { connectEngine } from '../../../pipelines/engine/engine-client.ts';
import { type EngineModels, startEngine } from '../../../pipelines/engine/start-engine.ts';

/** The real models, fetched into the data folder where they are missing. */
export function realModels(languageModel?: string): Promise<EngineModels> {
  return prepareEngineModels({
    dataDir: loadConfig().PARLEY_DATA_DIR,
    languageModel,
    log: (line) => process.stderr.write(`${line}\n`),
  });
}

export const fetchMs = 600_000;

/** The real engine with the real voice models, and a client of it. */
export async function startRealEngine(options: { models?: EngineModels; maxQueued?: number } = {}) {
  const logged: string[] = [];
  const engine = startEngine({
    ...options,
    models: options.models ?? (await realModels()),
    log: (level, message) => logged.push(`${level}: ${message}`),
  });
  await engine.ready;
  const client = connectEngine(engine.socketPath);
  return {
    engine,
    client,
    logged,
    async close() {
      client.close();
      await engine.close();
    },
  };
}
