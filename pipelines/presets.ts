import { cloud } from './cloud.ts';
import type { Hosting, PipelineDefinition } from './contract.ts';
import { embedded } from './embedded.ts';
import { lan } from './lan.ts';

/** A pipeline by name, before it is known which of its providers are configured. `hosting` says which may serve first. */
export type Preset = PipelineDefinition & { hosting: Hosting };

/** In the order in which `auto` tries them. */
export const pipelinePresets = { cloud, lan, embedded } as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof pipelinePresets;
