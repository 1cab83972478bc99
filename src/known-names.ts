import { languageProblem, pipelinePresets, providerNames } from '../pipelines/index.ts';
import type { KnownNames } from './agent-files/check-references.ts';
import { callToolNames } from './worker/conversation/tools/call-tools.ts';

/** What agent files may refer to in this program. */
export const knownNames: KnownNames = {
  tools: callToolNames,
  pipelines: Object.keys(pipelinePresets),
  providers: providerNames,
  languageProblem,
};
