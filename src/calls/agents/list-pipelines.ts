import { type PipelineDefinition, ProviderError } from '../../../pipelines/index.ts';
import type { PipelineDirectory } from '../ports.ts';

/** A preset as a choice. `reason` names what is missing; null when it can be used. */
export type PipelineChoice = {
  name: string;
  title: string;
  definition: PipelineDefinition | null;
  reason: string | null;
};

export function listPipelines(pipelines: PipelineDirectory): PipelineChoice[] {
  return pipelines.presets.map(({ name, title }) => {
    try {
      return { name, title, definition: pipelines.resolve({ preset: name }), reason: null };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return { name, title, definition: null, reason: error.message };
    }
  });
}
