import type { Task } from 'graphile-worker';
import { dispatchDueCall } from '../calls/dispatch-due-call.ts';
import type { AdmitDependencies } from '../calls/admit-queued.ts';
import type { JobQueue } from '../calls/dispatch-ports.ts';

/** Payload `{ callId }`. It is added with the row it is about, in the same transaction. */
export function dispatchCall(deps: AdmitDependencies & { jobs: JobQueue }): Task {
  return (payload) => dispatchDueCall((payload as { callId: string }).callId, deps);
}
