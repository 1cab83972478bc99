import type { VAD } from '@livekit/agents';
import type {
  AnyProvider,
  BuildContext,
  PipelineDefinition,
  ProviderName,
  ProviderSettings,
  RoleInstance,
  Stage,
} from './contract.ts';
import { FallbackModel } from './fallback/fallback-llm.ts';
import { FallbackTranscriber } from './fallback/fallback-stt.ts';
import { FallbackVoice } from './fallback/fallback-tts.ts';
import { knowsLanguage } from './catalog.ts';
import { messageOf } from './failure.ts';
import type { Hedging } from './fallback/hedging.ts';
import { createProviderHealth, type ProviderHealth } from './fallback/provider-health.ts';
import { parseOptions } from './provider-options.ts';
import { loadProvider } from './registry.ts';
import { type Served, type Standby, Standbys } from './fallback/standby.ts';

const scripted = 'scripted-llm';

type SpeechRole = 'stt' | 'llm' | 'tts';

/** The SDK objects of one call. Each stands for all providers of its stage. */
export type BuiltPipeline = {
  vad: VAD;
  stt: FallbackTranscriber;
  llm: FallbackModel;
  tts: FallbackVoice;
  /** Who serves and who stands in, for the call's record. */
  describe(): { [Role in SpeechRole]: { provider: ProviderName; model: string; fallbacks: ProviderName[] } };
  /** Ends its connections, after the costs of cancelled answers are known (seconds at most). Idempotent. */
  close(): Promise<void>;
};

/**
 * Creates the providers of one call, in parallel.
 * @throws ProviderError when all providers of a stage cannot be created
 */
export async function buildPipeline(request: {
  definition: PipelineDefinition;
  settings: ProviderSettings;
  context: BuildContext;
  /** Shared by the calls of a process; without it the call learns for itself. */
  health?: ProviderHealth;
  /** Shared by the calls of a process; without it nobody is asked because another is late. */
  hedging?: Hedging | undefined;
  /** Serve in place of whole stages, whose providers are not created. */
  instead?: { [Role in 'vad' | 'stt' | 'tts']?: RoleInstance[Role] };
}): Promise<BuiltPipeline> {
  const { definition, context } = request;
  const health = request.health ?? createProviderHealth();
  const stage = async <R extends SpeechRole>(role: R) => {
    const stages = role === 'llm' ? withScript(definition.llm, context) : definition[role];
    const standbys = await createStandbys(stages, role, request);
    return new Standbys<RoleInstance[R]>({ role, standbys, context, health, hedging: request.hedging });
  };
  const [[vad], ears, mind, mouth] = await Promise.all([
    createStandbys(definition.vad, 'vad', request),
    stage('stt'),
    stage('llm'),
    stage('tts'),
  ]);
  const llm = new FallbackModel(mind);
  const tts = new FallbackVoice(mouth, { language: context.language, pronunciation: context.pronunciation ?? {} });
  const stt = new FallbackTranscriber(ears, () => {
    llm.warm();
    tts.warm();
  });
  let closing: Promise<void> | undefined;
  const close = async () => {
    await Promise.allSettled([stt.close(), llm.aclose(), tts.close()]);
    if (!request.health) health.close();
  };
  const describe = ({ all: [first, ...others] }: Standbys<Served>) => ({
    provider: first.name,
    model: first.instance.model,
    fallbacks: others.map(({ name }) => name),
  });
  return {
    vad: vad.instance,
    stt,
    llm,
    tts,
    describe: () => ({ stt: describe(ears), llm: describe(mind), tts: describe(mouth) }),
    close: () => (closing ??= close()),
  };
}

/** An agent's script needs no model and no network: it stands in where all models are down, also on a host without models. */
function withScript(stages: readonly Stage[], { script, language }: BuildContext): readonly Stage[] {
  const stands = !script || !knowsLanguage(scripted, language) || stages.some(({ provider }) => provider === scripted);
  return stands ? stages : [...stages, { provider: scripted }];
}

type BuildRequest = Parameters<typeof buildPipeline>[0];

/** A provider that cannot be created is left out as long as another one is there. */
async function createStandbys<R extends 'vad' | SpeechRole>(
  stages: readonly Stage[],
  role: R,
  request: BuildRequest,
): Promise<readonly [Standby<RoleInstance[R]>, ...Standby<RoleInstance[R]>[]]> {
  const instead = request.instead?.[role as 'vad' | 'stt' | 'tts'];
  if (instead && stages[0])
    return [
      {
        name: stages[0].provider,
        instance: instead as RoleInstance[R],
        free: false,
        probe: () => Promise.resolve(true),
      },
    ];
  const created = await Promise.allSettled(stages.map((stage) => createProvider(role, stage, request)));
  const standbys = created.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const refused = created.filter((result) => result.status === 'rejected');
  const [first, ...others] = standbys;
  if (!first) throw refused[0]?.reason;
  for (const { reason } of refused) request.context.log('warn', `Left out of the pipeline: ${messageOf(reason)}`);
  return [first, ...others];
}

async function createProvider<R extends 'vad' | SpeechRole>(
  _role: R,
  stage: Stage,
  { settings, context }: BuildRequest,
): Promise<Standby<RoleInstance[R]>> {
  const provider: AnyProvider = await loadProvider(stage.provider);
  const options = parseOptions(provider, settings, stage);
  const { engine } = context;
  return {
    name: stage.provider,
    instance: (await provider.create(options, context)) as RoleInstance[R],
    free: provider.priceUnit === 'none',
    probe: async () => (await provider.check(options, { timeoutMs: 5_000, ...(engine && { engine }) })).ok,
  };
}
