import type { PersonalDataStore, RetentionCounts } from './personal-data-ports.ts';

/** Calls of each kind in one go, so that nobody waits for a long transaction. */
const atOnce = 500;
const everyMs = 60_000;

/**
 * Deletes what is past its time, at most once a minute, until nothing more is due. `report` is told what was deleted of whom; the
 * database keeps it too.
 */
export function createRetention(
  store: Pick<PersonalDataStore, 'deleteDue'>,
  report: (run: { tenantId: string } & RetentionCounts) => void,
): (now?: number) => Promise<void> {
  let lastMs = Number.NEGATIVE_INFINITY;
  return async function keepRetention(now = performance.now()) {
    if (now - lastMs < everyMs) return;
    const runs = await store.deleteDue(atOnce);
    for (const run of runs) report(run);
    // What is left is deleted in the next round, without waiting for a minute.
    const most = (run: RetentionCounts) =>
      Math.max(run.recordingsDeleted, run.wordsErased, run.callsDeleted, run.leadsDeleted);
    if (!runs.some((run) => most(run) >= atOnce)) lastMs = now;
  };
}
