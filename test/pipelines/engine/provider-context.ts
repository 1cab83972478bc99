import type { BuildContext } from '../../../pipelines/contract.ts';
import type { EngineClient } from '../../../pipelines/engine/engine-client.ts';

export function contextOf(engine?: EngineClient): BuildContext {
  return { language: 'en-US', sampleRateHz: 16_000, variables: {}, log: () => undefined, ...(engine && { engine }) };
}
