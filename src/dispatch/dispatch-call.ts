import type { Task } from 'graphile-worker';
import { type AdmitDependencies, admitQueued } from '../calls/admission/admit-queued.ts';
import { dispatchDueCall } from '../calls/place/dispatch-due-call.ts';
import type { JobQueue } from '../calls/admission/dispatch-ports.ts';
import { oneAtATime } from './one-at-a-time.ts';

/**
 * Payload `{ callId }`. It is added with the row it is about, in the same transaction. A burst of calls of one tenant stands
 * in one line, which one job at a time lets in.
 */
export function dispatchCall(deps: AdmitDependencies & { jobs: JobQueue }): Task {
  const admit = oneAtATime((tenantId) => admitQueued(tenantId, deps));
  return (payload) => dispatchDueCall((payload as { callId: string }).callId, { ...deps, admitQueued: admit });
}
