import type { Log } from '../telemetry/logger.ts';

/**
 * Makes a handler that cannot throw into whoever calls it: what it throws is logged under `name`. For the events of rooms
 * and sessions, where an exception would end up in the SDK's own code, in the middle of another call.
 */
export function safely<A extends unknown[]>(
  { name, log }: { name: string; log: Log },
  handle: (...args: A) => void,
): (...args: A) => void {
  return (...args) => {
    try {
      handle(...args);
    } catch (error) {
      log('error', 'an event handler failed', { error, handler: name });
    }
  };
}
