import { checkOptions, pipelinePresets, resolvePipeline } from '../../pipelines/index.ts';
import type { PipelineDirectory } from '../calls/ports.ts';
import type { Config } from '../config.ts';

/**
 * The presets with the operator's settings; `first` is what `auto` comes to.
 * @param embedded Whether the embedded models are where calls run
 */
export function pipelineDirectory(
  config: Pick<Config, 'PARLEY_PIPELINE' | 'PARLEY_EMBEDDED' | 'providers'>,
  embedded = () => config.PARLEY_EMBEDDED,
): PipelineDirectory & { first(): string } {
  const directory: PipelineDirectory = {
    checkOptions: (definition) => checkOptions(definition, config.providers),
    presets: Object.values(pipelinePresets).map(({ name, title }) => ({ name, title })),
    resolve(wanted, language) {
      const asked = typeof wanted === 'string' ? { preset: wanted } : wanted;
      const preset = (asked.preset ?? 'auto') === 'auto' ? config.PARLEY_PIPELINE : asked.preset;
      return resolvePipeline({
        wanted: { ...asked, preset },
        settings: config.providers,
        available: { embedded: embedded() },
        language,
      });
    },
  };
  return { ...directory, first: () => directory.resolve('auto').name };
}
