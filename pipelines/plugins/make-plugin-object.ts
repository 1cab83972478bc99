import { ProviderError } from '../errors.ts';
import { messageOf } from '../failure.ts';
import type { PluginSettings } from './plugin-failure.ts';

/**
 * Makes an object of a plugin for a call.
 * @throws ProviderError `not_configured` where the plugin refuses its options, such as a key that is missing
 */
export function makePluginObject<T>(provider: string, settings: PluginSettings, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const said = messageOf(error).split('\n', 1)[0]?.replace(/\.?$/, '.') ?? '';
    throw new ProviderError(
      'not_configured',
      provider,
      `the plugin does not start: ${said} Correct ${settings.key}, or ${settings.model}.`,
      { cause: error },
    );
  }
}
