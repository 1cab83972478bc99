import { randomUUID } from 'node:crypto';
import type { WorkerState, WorkerStore } from '../../calls/ports.ts';
import type { Log } from '../../telemetry/logger.ts';

const beatEveryMs = 5_000;

/** Tells the database every few seconds that this worker is there, from before it can take calls. */
export function announcePresence({
  store,
  state,
  embedded,
  log,
}: {
  store: Pick<WorkerStore, 'beat' | 'leave'>;
  state: () => WorkerState;
  /** It has the embedded models. */
  embedded: boolean;
  log: Log;
}): { close(): Promise<void> } {
  const id = randomUUID();
  const beat = () =>
    store
      .beat({ id, state: state(), embedded })
      .catch((error: unknown) => log('debug', 'a worker could not say so', { error }));
  void beat();
  const timer = setInterval(() => void beat(), beatEveryMs);
  return {
    close: async () => {
      clearInterval(timer);
      await store.leave(id).catch(() => undefined);
    },
  };
}
