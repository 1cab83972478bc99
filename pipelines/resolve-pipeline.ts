import type { PipelineDefinition, Preset, ProviderSettings, Stage } from './contract.ts';
import { ProviderError } from './errors.ts';
import { type PresetName, pipelinePresets } from './presets.ts';
import {
  catalogEntry,
  isProviderName,
  knowsLanguage,
  pluginName,
  providerCatalog,
  type SpeechRole,
} from './catalog.ts';

const roles = ['stt', 'llm', 'tts'] as const;

/** A plugin of the SDK as an agent file writes it. `options` are those of its constructor. */
export type WantedPlugin = {
  plugin: string;
  export?: string | undefined;
  options?: Record<string, unknown> | undefined;
  timeout_ms?: number | undefined;
};

/** A stage as an agent file writes it: a provider's name, a name with options, or a plugin. */
export type WantedStage = string | { provider: string; options?: Record<string, unknown> | undefined } | WantedPlugin;

/** A pipeline as an agent file writes it: `auto`, a preset's name, or a preset with single stages replaced. */
export type WantedPipeline =
  | string
  | ({ preset?: string | undefined } & { [Role in SpeechRole | 'vad']?: WantedStage | undefined });

/**
 * Decides which providers serve a call: of each role the first configured one, and the others as its fallbacks.
 * `auto` is the first preset that is configured whole. Embedded providers need `available.embedded`; in a cloud or LAN
 * pipeline they are fallbacks only.
 * @throws ProviderError `not_configured`, naming each missing setting and what else could be done
 */
export function resolvePipeline(request: {
  wanted: WantedPipeline;
  settings: ProviderSettings;
  available: { embedded: boolean };
  /** Of the call; providers that do not know it are left out. */
  language?: string | undefined;
  /** The caller is on a telephone line. */
  telephone?: boolean;
}): PipelineDefinition {
  const wanted = typeof request.wanted === 'string' ? { preset: request.wanted } : request.wanted;
  const name = wanted.preset ?? 'auto';
  if (name !== 'auto' && !Object.hasOwn(pipelinePresets, name))
    throw new ProviderError(
      'not_configured',
      name,
      `no such pipeline. Use auto, ${Object.keys(pipelinePresets).join(', ')}.`,
    );
  const presets = name === 'auto' ? Object.values(pipelinePresets) : [pipelinePresets[name as PresetName]];
  const problems: string[] = [];
  for (const preset of presets) {
    const { definition, missing } = configured(preset, wanted, request);
    if (missing.length === 0) return definition;
    problems.push(`${preset.name} needs ${missing.join(', ')}`);
  }
  throw new ProviderError('not_configured', name, `the pipeline is not configured: ${problems.join('; ')}.`);
}

function configured(
  preset: Preset,
  wanted: Exclude<WantedPipeline, string>,
  request: Omit<Parameters<typeof resolvePipeline>[0], 'wanted'>,
): { definition: PipelineDefinition; missing: string[] } {
  const missing: string[] = [];
  const chosen = {} as Pick<PipelineDefinition, SpeechRole>;
  for (const role of roles) {
    const replacement = wanted[role] === undefined ? undefined : stageOf(wanted[role], role);
    const first = replacement ?? preset[role][0];
    const candidates = replacement
      ? [replacement, ...preset[role].filter((stage) => stage.provider !== replacement.provider)]
      : [...(role === 'stt' ? telephoneEars(preset, request) : []), ...preset[role]];
    const usable: Stage[] = [];
    for (const stage of candidates) {
      const lacks = missingSettings(stage, request);
      const mayServe = replacement ? stage === replacement : catalogEntry(stage.provider).hosting === preset.hosting;
      if (lacks.length === 0 && (usable.length > 0 || mayServe)) usable.push(stage);
    }
    if (usable.length === 0) missing.push(...missingSettings(first, request));
    else chosen[role] = usable as [Stage, ...Stage[]];
  }
  return {
    definition: { name: preset.name, title: preset.title, vad: voiceActivity(preset, wanted), ...chosen },
    missing: [...new Set(missing)],
  };
}

function telephoneEars(
  { telephoneStt }: Preset,
  { telephone, settings }: { telephone?: boolean; settings: ProviderSettings },
): Stage[] {
  if (!telephone || !telephoneStt?.suits(settings)) return [];
  const { suits: _, ...stage } = telephoneStt;
  return [stage];
}

/** Voice activity runs on this host in every pipeline, whether or not the other embedded models do. */
function voiceActivity({ vad }: Preset, wanted: Exclude<WantedPipeline, string>): PipelineDefinition['vad'] {
  if (wanted.vad === undefined) return vad;
  const first = stageOf(wanted.vad, 'vad');
  return [first, ...vad.filter(({ provider }) => provider !== first.provider)];
}

function stageOf(wanted: WantedStage, role: SpeechRole | 'vad'): Stage {
  if (typeof wanted === 'object' && 'plugin' in wanted) return pluginStage(wanted, role);
  const { provider, options } = typeof wanted === 'string' ? { provider: wanted, options: undefined } : wanted;
  if (!isProviderName(provider) || providerCatalog[provider].role !== role) {
    const known = Object.entries(providerCatalog).filter(([, entry]) => entry.role === role);
    throw new ProviderError(
      'not_configured',
      provider,
      `no such ${role} provider. Use ${known.map(([name]) => name).join(', ')}.`,
    );
  }
  return options ? { provider, options } : { provider };
}

function pluginStage(wanted: WantedPlugin, role: SpeechRole | 'vad'): Stage {
  const { plugin, export: exported, options, timeout_ms: timeoutMs } = wanted;
  if (role === 'vad')
    throw new ProviderError(
      'not_configured',
      plugin,
      'a plugin can be stt, llm or tts. Use silero-vad or silero-plugin-vad.',
    );
  return {
    provider: pluginName(plugin, role),
    options: { ...(exported && { export: exported }), ...(options && { options }), ...(timeoutMs && { timeoutMs }) },
  };
}

/** The settings a provider still lacks, as the operator knows them; empty when it can be used. */
function missingSettings(
  { provider, options }: Stage,
  {
    settings,
    available,
    language,
  }: { settings: ProviderSettings; available: { embedded: boolean }; language?: string | undefined },
): string[] {
  const { hosting, needs } = catalogEntry(provider);
  if (language !== undefined && !knowsLanguage(provider, language))
    return [`a language that ${provider} knows (not ${language})`];
  if (hosting === 'embedded' && !available.embedded) return ['PARLEY_EMBEDDED=1'];
  const given: Record<string, unknown> = { ...settings[provider], ...options };
  return Object.entries(needs)
    .filter(([option]) => given[option] === undefined)
    .map(([, variable]) => variable);
}
