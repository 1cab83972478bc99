import { z } from 'zod';
import { isProviderName } from './catalog.ts';
import type { AnyProvider, PipelineDefinition, ProviderSettings, Stage } from './contract.ts';
import { ProviderError } from './errors.ts';
import { loadProvider } from './registry.ts';

/**
 * The options a provider runs with: the operator's settings, over which the stage's (the agent's) are laid.
 * @throws ProviderError `not_configured`, naming each wrong or missing option
 */
export function parseOptions(provider: AnyProvider, settings: ProviderSettings, stage: Stage): unknown {
  const operators = isProviderName(stage.provider) ? settings[stage.provider] : settings.plugins;
  const parsed = provider.options.safeParse({ ...operators, ...stage.options });
  if (parsed.success) return parsed.data;
  const issues: z.core.$ZodIssue[] = parsed.error.issues;
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  const fault =
    unknown.length > 0 ? unknownOptions(unknown, provider) : z.prettifyError(parsed.error).replaceAll('\n', ' ');
  throw new ProviderError('not_configured', provider.name, fault);
}

function unknownOptions(names: string[], { options }: AnyProvider): string {
  const known = options instanceof z.ZodObject ? Object.keys(options.shape) : [];
  return `takes no option ${names.join(', ')}; ${known.length > 0 ? `its options are ${known.join(', ')}` : 'it has none'}`;
}

/**
 * Whether each provider takes the options that its stage has for it, as they would be when the call is there. Connects nowhere.
 * @throws ProviderError `not_configured`, naming each wrong option
 */
export async function checkOptions(definition: PipelineDefinition, settings: ProviderSettings): Promise<void> {
  const stages = [definition.vad, definition.stt, definition.llm, definition.tts].flat();
  for (const stage of stages) if (stage.options) parseOptions(await loadProvider(stage.provider), settings, stage);
}
