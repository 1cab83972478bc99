import type { AdmissionFacts, Objection } from './facts.ts';

/** How long a call takes from being let in to being dialled, at most, when nothing is wrong. */
const preparationSeconds = 3;
/** So that one call that is slow to prepare does not hold up a slow trunk. */
const spare = 2;

/**
 * The exact pace is kept where the phone is dialled. Here no more calls are let in than will be dialled by the time they are
 * ready, because one that waits for its turn keeps a place on a worker.
 */
export function callsPerSecond({ figures, trunk }: Pick<AdmissionFacts, 'figures' | 'trunk'>): Objection | undefined {
  const ready = Math.ceil(trunk.callsPerSecond * preparationSeconds) + spare;
  return figures.trunkPreparing >= ready ? { full: 'trunk' } : undefined;
}
