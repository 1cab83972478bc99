import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelName, models } from './manifest.ts';
import { openStamps } from './stamps.ts';

/**
 * Files of these models that are not there, or are not what they should be, as `<model>/<path>`. A file whose size and time are
 * those it was last verified with is not hashed again. Changes nothing.
 */
export async function wrongModelFiles(options: {
  dataDir: string;
  which: readonly ModelName[];
  signal?: AbortSignal;
}): Promise<{ missing: string[]; damaged: string[] }> {
  const modelsDir = join(options.dataDir, 'models');
  const stamps = await openStamps(modelsDir);
  const found = { missing: [] as string[], damaged: [] as string[] };
  for (const name of options.which) {
    const { files, derived } = models[name];
    for (const file of [...files.filter((each) => !('ingredient' in each)), ...derived]) {
      const path = join(name, file.path);
      if (await stamps.isRight(path, file, options.signal)) continue;
      const isThere = await stat(join(modelsDir, path)).catch(() => undefined);
      (isThere ? found.damaged : found.missing).push(path);
    }
  }
  return found;
}
