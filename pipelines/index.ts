/**
 * The contract of the speech pipeline, and the only file of this folder that the rest of the program imports.
 *
 * A pipeline is four stages: VAD → STT → LLM → TTS. Each stage names a provider (one file in `providers/`) and that
 * provider's options. Presets (`cloud.ts`, `lan.ts`, `embedded.ts`) are pipelines by name. `build.ts` turns a pipeline into
 * the SDK objects of one call. Nothing here reads the environment, a database or HTTP: settings arrive as parameters.
 */
export type {
  AnyProvider,
  BuildContext,
  CheckResult,
  Hosting,
  PipelineDefinition,
  PriceUnit,
  Provider,
  ProviderFailure,
  ProviderName,
  ProviderRole,
  ProviderSettings,
  ProviderUsage,
  RoleInstance,
  Stage,
} from './contract.ts';
export { ProviderError, type ProviderErrorCode } from './errors.ts';
export { placeholder } from './text/placeholder.ts';
export { pressedKeys } from './text/pressed-keys.ts';
export { scriptSchema, type Script } from './scripted/script.ts';
export { readDigits } from './scripted/reading/read-digits.ts';
export { isOfAnswer, isToolOutcome } from './scripted/tool-answer.ts';
export { similarWords } from './scripted/reading/synonyms.ts';
export { stem } from './scripted/reading/tokenize.ts';
export { type SlotSaid, slotsSaid } from './scripted/slots-said.ts';
export type { HistoryItem as TranscriptItem } from './scripted/replay.ts';
export { askModel, modelsOutsideCalls } from './ask-model.ts';
export { pipelinePresets, type PresetName } from './presets.ts';
export { catalogEntry, isProviderName, providerCatalog, providerNames, type ShippedName } from './catalog.ts';
export { loadProvider } from './registry.ts';
export { packageNamePattern } from './plugins/package-name.ts';
export { addPlugin, installedPlugins } from './plugins/add-plugin.ts';
export { tokensOf } from './answer/prompt-size.ts';
export { isStillRunning } from './answer/still-running.ts';
export { ToolTable } from './answer/tool-table.ts';
export { languageProblem } from './language-problem.ts';
export { checkOptions } from './provider-options.ts';
export { resolvePipeline, type WantedPipeline } from './resolve-pipeline.ts';
export { buildPipeline, type BuiltPipeline } from './build.ts';
export { checkPipeline, checkProvider, type PipelineCheck, type ProviderCheck } from './check.ts';
export { type HedgedRequest, Hedging } from './fallback/hedging.ts';
export { type CircuitState, createProviderHealth, type ProviderHealth } from './fallback/provider-health.ts';
export { numberWords } from './text/spoken/number-words.ts';
export { speakable } from './text/spoken/speakable.ts';
export { loadPrices, priceUsage, type PriceList } from './price.ts';
export { startEngine, type EngineHandle, type EngineModels } from './engine/start-engine.ts';
export { connectEngine, type EngineClient } from './engine/engine-client.ts';
export { createEndOfTurnModel, type EndOfTurnModel } from './engine/end-of-turn-model.ts';
export { quietLettersPerSecond, quietStages } from './quiet/quiet-stages.ts';
