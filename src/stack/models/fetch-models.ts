import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchModel } from './fetch-model.ts';
import { withFolderLock } from './folder-lock.ts';
import { type ModelManifest, type ModelName, models, speechModels } from './manifest.ts';
import { explainDiskError } from './model-error.ts';
import { openStamps } from './stamps.ts';

/**
 * Makes sure that models are complete and right under `<dataDir>/models/<name>/`: fetches what is missing, continues what
 * broke off, replaces what was damaged. When all is there it reads a few file sizes and returns. Several processes may
 * call it for one folder; one does the work.
 * @returns the folder of the models
 * @throws ModelError (no network, full disk, folder not writable), the signal's reason
 */
export async function fetchModels(options: {
  dataDir: string;
  /** Names in the manifest; the default are the models of the embedded voice. */
  which?: readonly string[];
  /** Lines for people, for whatever takes more than two seconds. */
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
  manifest?: ModelManifest;
}): Promise<string> {
  const manifest: ModelManifest = options.manifest ?? models;
  const which = options.which ?? (speechModels satisfies readonly ModelName[]);
  const modelsDir = join(options.dataDir, 'models');
  const wanted = which.map((name) => {
    const model = manifest[name];
    if (!model) throw new RangeError(`There is no model ${name}; there are ${Object.keys(manifest).join(', ')}.`);
    return { name, model };
  });
  const bytes = wanted.flatMap(({ model }) => model.files).reduce((sum, file) => sum + file.bytes, 0);
  const { log, signal } = options;
  try {
    await mkdir(modelsDir, { recursive: true });
    const onWait = () => log('Another process is fetching the models; waiting for it.');
    await withFolderLock(modelsDir, { signal, onWait }, async () => {
      const stamps = await openStamps(modelsDir);
      const unreachableHosts = new Set<string>();
      for (const { name, model } of wanted)
        await fetchModel({ name, model, modelsDir, stamps, unreachableHosts, log, signal });
      for (const { name, model } of wanted)
        for (const file of [...model.files.filter((source) => !source.ingredient), ...model.derived])
          await stamps.isRight(join(name, file.path), file, signal);
      await stamps.save();
    });
  } catch (error) {
    throw explainDiskError(error, modelsDir, 2 * bytes);
  }
  return modelsDir;
}
