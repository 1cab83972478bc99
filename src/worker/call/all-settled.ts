import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../telemetry/logger.ts';

const closeSeconds = 5;

/** Waits for these steps of taking a call apart, but not without a limit. Never throws. */
export async function allSettled(what: string, log: Log, steps: (Promise<unknown> | undefined)[]): Promise<void> {
  const timer = new AbortController();
  const late = sleep(closeSeconds * 1000, 'late' as const, { signal: timer.signal }).catch(() => undefined);
  const settled = Promise.allSettled(steps.filter((step) => step !== undefined));
  const outcome = await Promise.race([settled, late]);
  timer.abort();
  if (outcome === 'late') log('error', 'a call is taking too long to end', { what });
  else
    for (const step of outcome ?? [])
      if (step.status === 'rejected') log('warn', 'a part of a call could not be ended', { what, error: step.reason });
}
