import { executablePath } from '../../config.ts';
import { writableFolder } from '../../stack/bring-up.ts';
import { livekitBinary } from '../../stack/livekit-binary.ts';
import { fetchModels } from '../../stack/models/fetch-models.ts';
import { consoleProgress } from '../../stack/progress.ts';
import type { Command } from '../command.ts';

export const prepare: Command = {
  help: `parley prepare

Fetches what \`parley up\` needs besides the packages (livekit-server and the embedded models) and starts nothing. What is there
already is checked and kept; what broke off is continued.

Exit codes: 0 all is there, 1 something could not be had.`,
  options: {},
  async run({ config, signal, out }) {
    const dataDir = writableFolder(config.PARLEY_DATA_DIR);
    const progress = consoleProgress(out);
    if (!config.LIVEKIT_URL) await livekitBinary({ dataDir, path: executablePath(), progress, signal });
    if (config.PARLEY_EMBEDDED) await fetchModels({ dataDir, log: (line) => out.write(`  … ${line}\n`), signal });
    return 0;
  },
};
