import type { VAD, llm, stt, tts } from '@livekit/agents';
import { closeInstance, instanceModel } from './instance.ts';
import type {
  BuildContext,
  PipelineDefinition,
  ProviderName,
  ProviderRole,
  ProviderSettings,
  RoleInstance,
  Stage,
} from './contract.ts';
import type { ProviderHealth } from './provider-health.ts';
import { loadProvider } from './registry.ts';
import { parseOptions } from './provider-options.ts';

/** The SDK objects of one call. */
export type BuiltPipeline = {
  vad: VAD;
  stt: stt.STT;
  llm: llm.LLM;
  tts: tts.TTS;
  /** Who serves and who stands in, for the call's record. */
  describe(): { [Role in 'stt' | 'llm' | 'tts']: { provider: ProviderName; model: string; fallbacks: ProviderName[] } };
  /** Ends its connections. Idempotent. */
  close(): Promise<void>;
};

/**
 * Creates the providers of one call, in parallel.
 * @throws ProviderError when a stage that must serve cannot be created
 */
export async function buildPipeline(request: {
  definition: PipelineDefinition;
  settings: ProviderSettings;
  context: BuildContext;
  /** Shared by the calls of a process; without it each call learns for itself. */
  health?: ProviderHealth;
}): Promise<BuiltPipeline> {
  const { definition, settings, context } = request;
  const create = async <R extends ProviderRole>(_role: R, stage: Stage): Promise<RoleInstance[R]> => {
    const provider = await loadProvider(stage.provider);
    return (await provider.create(parseOptions(provider, settings, stage), context)) as RoleInstance[R];
  };
  const [vad, stt, llm, tts] = await Promise.all([
    create('vad', definition.vad),
    create('stt', definition.stt[0]),
    create('llm', definition.llm[0]),
    create('tts', definition.tts[0]),
  ]);
  let closing: Promise<void> | undefined;
  const describe = (role: 'stt' | 'llm' | 'tts', instance: { model: string }) => ({
    provider: definition[role][0].provider,
    model: instanceModel(instance),
    fallbacks: definition[role].slice(1).map((stage) => stage.provider),
  });
  return {
    vad,
    stt,
    llm,
    tts,
    describe: () => ({ stt: describe('stt', stt), llm: describe('llm', llm), tts: describe('tts', tts) }),
    close: () => (closing ??= Promise.allSettled([stt, llm, tts].map(closeInstance)).then(() => undefined)),
  };
}
