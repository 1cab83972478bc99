import { connectEngine, startEngine } from '../../../pipelines/index.ts';
import { embeddedVoice } from '../../caller/embedded-voice.ts';
import type { Config } from '../../config.ts';
import { prepareEngineModels } from '../../stack/models/prepare-engine-models.ts';
import { createLogger, logTo } from '../../telemetry/logger.ts';

/** Runs `work` with a voice and ears for a scripted caller, from an engine of its own that ends afterwards. */
export async function withVoice<T>(
  options: { config: Config; log: (line: string) => void; signal: AbortSignal },
  work: (voice: ReturnType<typeof embeddedVoice>) => Promise<T>,
): Promise<T> {
  const { config, log, signal } = options;
  const models = await prepareEngineModels({ dataDir: config.PARLEY_DATA_DIR, log, signal });
  const logger = createLogger({ level: config.PARLEY_LOG_LEVEL, component: 'caller', out: process.stderr });
  const engine = startEngine({ models, log: logTo(logger) });
  try {
    await engine.ready;
    const client = connectEngine(engine.socketPath);
    try {
      return await work(embeddedVoice(client));
    } finally {
      client.close();
    }
  } finally {
    await engine.close();
  }
}
