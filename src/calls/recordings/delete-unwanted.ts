import type { RecordingFiles, RecordingStore } from './recording-ports.ts';

const atOnce = 100;
const everyMs = 10_000;

/**
 * Deletes the files of calls that were erased or deleted, and those whose time is over, then what is known of them. A file that
 * cannot be deleted now is tried again; `onFailure` is told once, until all could be.
 */
export function createRecordingCleaner(deps: {
  store: Pick<RecordingStore, 'listUnwanted' | 'forget'>;
  files: Pick<RecordingFiles, 'delete'>;
  onFailure: (error: unknown) => void;
}): (now?: number) => Promise<void> {
  let lastMs = Number.NEGATIVE_INFINITY;
  let failing = false;
  return async function deleteUnwanted(now = performance.now()) {
    if (now - lastMs < everyMs) return;
    const unwanted = await deps.store.listUnwanted(atOnce);
    const deleted: string[] = [];
    let failure: { error: unknown } | undefined;
    for (const file of unwanted) {
      try {
        await deps.files.delete(file);
        deleted.push(file.id);
      } catch (error) {
        failure = { error };
      }
    }
    await deps.store.forget(deleted);
    if (failure && !failing) deps.onFailure(failure.error);
    failing = failure !== undefined;
    // What is left is deleted in the next round, without waiting.
    if (deleted.length < atOnce) lastMs = now;
  };
}
