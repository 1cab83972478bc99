import { type PipelineDefinition, ProviderError } from '../../pipelines/index.ts';
import type { PipelineDirectory } from './ports.ts';

/** A preset as a choice. `reason` names what is missing; null when it can be used. */
export type PipelineChoice = {
  name: string;
  title: string;
  definition: PipelineDefinition | null;
  reason: string | null;
};

export async function listPipelines(pipelines: PipelineDirectory): Promise<PipelineChoice[]> {
  return Promise.all(
    pipelines.presets.map(async ({ name, title }) => {
      try {
        return { name, title, definition: await pipelines.resolve({ preset: name }), reason: null };
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        return { name, title, definition: null, reason: error.message };
      }
    }),
  );
}
