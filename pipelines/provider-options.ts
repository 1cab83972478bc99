import { z } from 'zod';
import { isProviderName } from './catalog.ts';
import type { AnyProvider, ProviderSettings, Stage } from './contract.ts';
import { ProviderError } from './errors.ts';

/**
 * The options a provider runs with: the operator's settings, over which the stage's (the agent's) are laid.
 * @throws ProviderError `not_configured`, naming each wrong or missing option
 */
export function parseOptions(provider: AnyProvider, settings: ProviderSettings, stage: Stage): unknown {
  const operators = isProviderName(stage.provider) ? settings[stage.provider] : settings.plugins;
  const parsed = provider.options.safeParse({ ...operators, ...stage.options });
  if (parsed.success) return parsed.data;
  throw new ProviderError('not_configured', provider.name, z.prettifyError(parsed.error).replaceAll('\n', ' '));
}
