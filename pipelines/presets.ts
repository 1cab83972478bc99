import { cloud } from './cloud.ts';
import type { Preset } from './contract.ts';
import { embedded } from './embedded.ts';
import { lan } from './lan.ts';

/** In the order in which `auto` tries them. */
export const pipelinePresets = { cloud, lan, embedded } as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof pipelinePresets;
