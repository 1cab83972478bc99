import type { ScenarioStep } from './scenario-schema.ts';

/** For people, and for what a report says of a step. */
export function describeStep({ say, wait, barge_in_after_ms: after }: ScenarioStep): string {
  if (say !== undefined) return after === undefined ? `say "${say}"` : `say "${say}" over the agent, after ${after} ms`;
  return wait === undefined ? 'hang up' : `wait ${wait} s`;
}
