import type { LeftFile, RecordingSpool, RecordingStore } from '../../calls/recordings/recording-ports.ts';
import type { Log } from '../../telemetry/logger.ts';
import { millisecondsAt, pagesIn, tagIn } from './ogg-opus.ts';

const everyMs = 5_000;
/** The end of a file: many pages fit, of which the last whole one counts. */
const tailBytes = 128 * 1024;
const headBytes = 1024;

/**
 * Looks after files that their process cannot look after: those of processes that died are brought to their end, whole ones to
 * where they are kept, and those of calls that were erased meanwhile are deleted. Runs beside the processes that write, on the same disk.
 */
export function settleLeftFiles(
  deps: { spool: RecordingSpool; store: Pick<RecordingStore, 'settle' | 'forget'>; log: Log },
  { intervalMs = everyMs } = {},
): { close(): Promise<void> } {
  let told = false;
  let running = Promise.resolve();
  const round = async () => {
    try {
      for (const file of await deps.spool.leftFiles()) await settle(file, deps);
      told = false;
    } catch (error) {
      // A bucket that is away for an hour is one line.
      if (!told) deps.log('warn', 'recordings wait on this disk; they are looked after later', { error });
      told = true;
    }
  };
  const timer = setInterval(() => void (running = running.then(round)), intervalMs);
  running = round();
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

async function settle(
  file: LeftFile,
  { spool, store, log }: { spool: RecordingSpool; store: Pick<RecordingStore, 'settle' | 'forget'>; log: Log },
): Promise<void> {
  const { id, callId, tenantId } = file;
  const tailStart = Math.max(0, file.size - tailBytes);
  const last = pagesIn(await file.read(tailStart, file.size)).at(-1);
  // Its head alone, or not even that.
  if (!last || last.granule === 0n) {
    await file.delete();
    return store.forget([id]);
  }
  const bytes = tailStart + last.end;
  const startedMs = Number(tagIn(await file.read(0, Math.min(headBytes, bytes)), 'PARLEY_STARTED_MS') ?? 0);
  const whole = {
    id,
    callId,
    tenantId,
    startedMs,
    storage: spool.storage,
    durationMs: Math.round(millisecondsAt(last)),
    bytes,
  };
  if (!(await store.settle({ ...whole, state: 'uploading' }))) return file.delete();
  if (file.unfinished) {
    log('info', 'the recording of a process that died is kept', { callId, durationMs: whole.durationMs });
    await file.finish(bytes);
  }
  await file.keep();
  await store.settle({ ...whole, state: 'kept' });
}
