import type { TaskList } from 'graphile-worker';
import type { AdmitDependencies } from '../calls/admit-queued.ts';
import type { JobQueue } from '../calls/dispatch-ports.ts';
import { dispatchCall } from './dispatch-call.ts';

export type TaskDependencies = AdmitDependencies & { jobs: JobQueue };

/** Every job of the queue, by its name in the database. */
export function createTasks(deps: TaskDependencies): TaskList {
  return {
    'dispatch-call': dispatchCall(deps),
  };
}
