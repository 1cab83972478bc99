import type { ProviderName, ProviderSettings } from '../../../pipelines/index.ts';
import type { Check, DoctorContext } from '../check.ts';
import { failed, type Finding, ok } from '../finding.ts';

/** Loaded when it is used: where the libraries of the providers cannot be loaded, the other checks still run. */
const library = () => import('../../../pipelines/index.ts');

export const providers: Check = {
  about: 'The pipeline of `auto`, and each configured provider of the cloud or your network with a tiny real request.',
  limitSeconds: 15,
  prepare: library,
  async run({ config }) {
    const { catalogEntry, checkProvider, providerCatalog, providerNames } = await library();
    const ask = async (name: ProviderName): Promise<Finding> => {
      const {
        ok: isWell,
        message,
        latencyMs,
      } = await checkProvider({ provider: name }, { settings: config.providers });
      if (isWell) return ok(`${name} answers in ${Math.round(latencyMs)} ms. ${message}`);
      // The message says what to do after its first sentence, where the provider knows.
      const end = message.indexOf('. ');
      if (end > 0) return failed(message.slice(0, end + 1), message.slice(end + 2));
      const names = Object.values(catalogEntry(name).needs).join(' and ');
      return failed(message, `Check ${names} and the account of the provider, or unset it so that others serve.`);
    };
    // The models of this host are seen to by `models`, and run by `parley check`.
    const configured = providerNames.filter((name) => {
      const { hosting, needs } = providerCatalog[name];
      return hosting !== 'embedded' && hasAll(config.providers, name, Object.keys(needs));
    });
    return [await pipeline(config), ...(await Promise.all(configured.map(ask)))];
  },
};

function hasAll(settings: ProviderSettings, name: ProviderName, options: readonly string[]): boolean {
  return options.every((option) => settings[name]?.[option] !== undefined);
}

async function pipeline(config: DoctorContext['config']): Promise<Finding> {
  const { ProviderError } = await library();
  const { pipelineDirectory } = await import('../../compose/pipeline-directory.ts');
  try {
    return ok(`Agents that say \`auto\` run on the pipeline ${pipelineDirectory(config).first()}.`);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return failed(
      error.message,
      'Set what is missing, or PARLEY_PIPELINE=auto and PARLEY_EMBEDDED=1 (docs/pipelines.md).',
    );
  }
}
