import { pipelinePresets, type PresetName } from './presets.ts';
import { isProviderName, knowsLanguage } from './catalog.ts';
import type { WantedPipeline } from './resolve-pipeline.ts';

/**
 * What is wrong with a pipeline for this language, as the end of a sentence that names the field; undefined when nothing is.
 * What `auto` comes to is decided with the operator's settings.
 */
export function languageProblem(wanted: WantedPipeline, language: string): string | undefined {
  const { preset = 'auto', ...stages } = typeof wanted === 'string' ? { preset: wanted } : wanted;
  const chosen = Object.hasOwn(pipelinePresets, preset) ? pipelinePresets[preset as PresetName] : undefined;
  const serving = (['stt', 'llm', 'tts'] as const).flatMap((role) => {
    const stage = (stages as Exclude<WantedPipeline, string>)[role] ?? chosen?.[role][0];
    const name = typeof stage === 'object' ? ('provider' in stage ? stage.provider : undefined) : stage;
    return name !== undefined && isProviderName(name) ? [name] : [];
  });
  const unable = serving.filter((name) => !knowsLanguage(name, language));
  if (unable.length === 0) return undefined;
  return `"${language}": ${unable.join(', ')} ${unable.length === 1 ? 'does' : 'do'} not know it; use \`pipeline: cloud\` or \`lan\`, or other providers there, or \`language: en-US\``;
}
