import { setTimeout as sleep } from 'node:timers/promises';
import type { EndReason } from '../../calls/end/end-reason.ts';
import { CallError } from '../../calls/errors.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallRecord } from './call-record.ts';

const longestPauseMs = 10_000;

/**
 * Writes what is left of the record, then the end with `write`, and goes on trying until both are in the database or
 * `patience` is over; what is not written then is ended by the sweeper, which finds the lease run out.
 */
export async function recordEnd(
  { record, log }: { record: CallRecord; log: Log },
  { write, reason, patience }: { write: () => Promise<void>; reason: EndReason; patience: AbortSignal },
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await record.flush();
      await write();
      return;
    } catch (error) {
      if (error instanceof CallError) {
        log('error', 'the end of a call cannot be written', { error });
        return;
      }
      if (attempt === 0) log('warn', 'the end of a call cannot be written yet; it is kept', { error });
      const pauseMs = Math.min(longestPauseMs, 500 * 2 ** attempt);
      await sleep(pauseMs, undefined, { signal: patience }).catch(() => undefined);
      if (patience.aborted) {
        log('error', 'the end of a call could not be written; the sweeper will end it', { error, reason });
        return;
      }
    }
  }
}
