import type { WorkerStore } from '../calls/ports.ts';
import type { Log } from '../telemetry/logger.ts';

const everyMs = 5_000;

/**
 * Whether a worker has the embedded models, asked in the background. What can run is what the workers say; while none is there,
 * and where they are too old to say, the settings of this process count.
 */
export function watchModels({
  workers,
  otherwise,
  log,
}: {
  workers: Pick<WorkerStore, 'hasEmbedded'>;
  otherwise: boolean;
  log: Log;
}): { embedded: () => boolean; ready: Promise<void>; close: () => void } {
  let said: boolean | undefined;
  const ask = async () => {
    try {
      said = await workers.hasEmbedded();
    } catch (error) {
      log('debug', 'the workers could not be asked for their models', { error });
    }
  };
  const timer = setInterval(() => void ask(), everyMs).unref();
  return { embedded: () => said ?? otherwise, ready: ask(), close: () => clearInterval(timer) };
}
