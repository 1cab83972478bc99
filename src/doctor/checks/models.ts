import { languageModels, speechModels } from '../../stack/models/manifest.ts';
import { wrongModelFiles } from '../../stack/models/wrong-model-files.ts';
import type { Check } from '../check.ts';
import { failed, ok, skipped, warning } from '../finding.ts';

export const models: Check = {
  about: 'The files of the embedded models, against their hashes.',
  reads: ['PARLEY_EMBEDDED', 'PARLEY_EMBEDDED_LLM', 'PARLEY_DATA_DIR'],
  async run({ config }, signal) {
    if (!config.PARLEY_EMBEDDED) return skipped('PARLEY_EMBEDDED=0: no embedded model is used.');
    const language = languageModels.find((name) => name === config.PARLEY_EMBEDDED_LLM);
    const which = language ? [...speechModels, language] : speechModels;
    const { missing, damaged } = await wrongModelFiles({ dataDir: config.PARLEY_DATA_DIR, which, signal });
    const cure = '`parley prepare` fetches what is missing or damaged; so does the next start.';
    if (damaged.length > 0) return failed(`Damaged: ${damaged.join(', ')}.`, cure);
    if (missing.length > 0) return warning(`${missing.length} files of the embedded models are not here yet.`, cure);
    return ok(`${which.join(', ')} are complete.`);
  },
};
