import type {
  CheckResult,
  PipelineDefinition,
  ProviderName,
  ProviderRole,
  ProviderSettings,
  Stage,
} from './contract.ts';
import type { EngineClient } from './engine/engine-client.ts';
import { ProviderError } from './errors.ts';
import { parseOptions } from './provider-options.ts';
import { loadProvider } from './registry.ts';
import { ensureSdkLogger } from './sdk-logger.ts';

/** One row of `parley check`. */
export type ProviderCheck = CheckResult & { provider: ProviderName; role: ProviderRole; title: string };

/** All rows of a pipeline, first those that serve. `ok` when every one that serves first is. */
export type PipelineCheck = { pipeline: string; ok: boolean; providers: ProviderCheck[] };

type CheckContext = { settings: ProviderSettings; engine?: EngineClient; timeoutMs?: number };

/** Connects to every provider of a pipeline at the same time and makes a tiny request that costs nothing. Never throws. */
export async function checkPipeline(definition: PipelineDefinition, context: CheckContext): Promise<PipelineCheck> {
  const serving = [definition.vad[0], definition.stt[0], definition.llm[0], definition.tts[0]];
  const standing = [definition.vad, definition.stt, definition.llm, definition.tts].flatMap((stages) =>
    stages.slice(1),
  );
  const providers = await Promise.all([...serving, ...standing].map((stage) => checkProvider(stage, context)));
  return { pipeline: definition.name, ok: providers.slice(0, serving.length).every(({ ok }) => ok), providers };
}

/** Checks one provider. Never throws. */
export async function checkProvider(
  stage: Stage,
  { settings, engine, timeoutMs = 5_000 }: CheckContext,
): Promise<ProviderCheck> {
  ensureSdkLogger();
  const provider = await loadProvider(stage.provider);
  const row = { provider: stage.provider, role: provider.role, title: provider.title };
  try {
    const options = parseOptions(provider, settings, stage);
    return { ...row, ...(await provider.check(options, { timeoutMs, ...(engine && { engine }) })) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { ...row, ok: false, latencyMs: 0, message: error.message };
  }
}
