import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EngineModels } from '../../../pipelines/index.ts';
import { fetchModels } from './fetch-models.ts';
import { installLlama } from './install-llama.ts';
import { languageModels, type LanguageModelName, models, speechModels } from './manifest.ts';
import { ModelError } from './model-error.ts';

/**
 * Fetches what the engine needs and says where it is.
 * @throws ModelError, also for a language model that does not exist
 */
export async function prepareEngineModels(options: {
  dataDir: string;
  /** A name of `languageModels`, or the path of a GGUF file. */
  languageModel?: string | undefined;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}): Promise<EngineModels> {
  const { languageModel } = options;
  const name = languageModels.find((known) => known === languageModel);
  const modelPath = languageModel && !name ? await existingFile(languageModel) : undefined;
  const modelsDir = await fetchModels({ ...options, which: name ? [...speechModels, name] : speechModels });
  const inModels = (model: string, path: string) => join(modelsDir, model, path);
  const llmPath = modelPath ?? (name && inModels(name, ggufOf(name)));
  return {
    stt: {
      encoderPath: inModels('moonshine-tiny-en', 'encoder_model.ort'),
      decoderPath: inModels('moonshine-tiny-en', 'decoder_model_merged.ort'),
      tokensPath: inModels('moonshine-tiny-en', 'tokens.txt'),
    },
    tts: {
      modelPath: inModels('piper-en-us-joe', 'joe.onnx'),
      tokensPath: inModels('piper-en-us-joe', 'tokens.txt'),
      espeakDataDir: join(modelsDir, 'espeak-ng-data'),
    },
    ...(llmPath && { llm: { modelPath: llmPath, packageDir: await installLlama(options) } }),
  };
}

function ggufOf(name: LanguageModelName): string {
  return models[name].files[0].path;
}

async function existingFile(path: string): Promise<string> {
  const found = resolve(path);
  const readable =
    found.endsWith('.gguf') &&
    (await access(found).then(
      () => true,
      () => false,
    ));
  if (!readable)
    throw new ModelError(
      `PARLEY_EMBEDDED_LLM=${path} is neither a model (${languageModels.join(', ')}) nor a GGUF file that can be read.`,
    );
  return found;
}
