import { setTimeout as sleep } from 'node:timers/promises';
import type { EndReason } from '../../calls/end/end-reason.ts';
import type { Log } from '../../telemetry/logger.ts';
import { type Abandonment, EndedError, type EndCause, type Ending } from './ending.ts';

/** The longest that joining the room, building the pipeline or speaking the greeting may take. */
const stepSeconds = 20;

/**
 * What the step comes to. When it fails, or takes too long, the call ends with this reason, or is left to another session.
 * @throws EndedError
 */
export async function stepOrEnd<T>(
  step: Promise<T>,
  {
    reason,
    abandons,
    ending,
    log,
  }: { reason: EndReason; abandons?: Abandonment | undefined; ending: Ending; log: Log },
): Promise<T> {
  const timer = new AbortController();
  const late = sleep(stepSeconds * 1000, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`It was not done within ${stepSeconds} s.`);
  });
  const ended = ending.decided.then((decided) => {
    throw new EndedError(decided);
  });
  try {
    return await Promise.race([step, late, ended]);
  } catch (error) {
    if (error instanceof EndedError) throw error;
    const cause: EndCause = { reason, hungUpBy: 'parley' };
    const isFirst = abandons ? ending.abandon(abandons, cause) : ending.decide(cause);
    if (isFirst) log('error', 'the call cannot be held', { error, reason, abandons });
    throw new EndedError(ending.cause ?? cause);
  } finally {
    timer.abort();
  }
}
