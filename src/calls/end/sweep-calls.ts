import { createPhoneAnswerer } from '../place/answer-waiting-phones.ts';
import { atMostEvery } from '../at-most-every.ts';
import type { AdmissionStore, IdempotencyStore, JobQueue } from '../admission/dispatch-ports.ts';
import { clearRooms } from './clear-rooms.ts';
import { endCall } from './end-call.ts';
import type { OutageWatch } from './outage-watch.ts';
import type { CallStore, DispatchRecord, Rooms, WaitingPhones, WorkerStore } from '../ports.ts';
import { takeOverCall } from './take-over-call.ts';

export type SweepDependencies = {
  calls: CallStore;
  rooms: Rooms;
  waitingPhones: WaitingPhones;
  workers: Pick<WorkerStore, 'isAnyThere'>;
  /** Whose call it is when a dispatch rule names nobody. */
  tenantId: string;
  admission: Pick<AdmissionStore, 'listAbandoned'>;
  /** How PostgreSQL has answered lately. */
  outages: OutageWatch;
  jobs: JobQueue;
  idempotency: Pick<IdempotencyStore, 'deleteExpired'>;
  onFailure: (what: { callId?: string; error: unknown }) => void;
};

/** Open-source LiveKit offers a dispatch to the workers once: what nobody took within this time is dispatched again. */
const takeUpSeconds = 5;
/** A call that no worker took for so long is given up. */
const noWorkerSeconds = 600;
/** No job lasts longer, so one that does belongs to a process that died; each of its ten statements may take its time. */
const longestJobSeconds = 12;
const longestSlowJobSeconds = 120;
const tidyEverySeconds = 10;
const limit = 200;
const atOnce = 10;

/** Looks after every call that nobody else does. One sweep may not know of another, so each step is harmless when repeated. */
export function createSweeper(deps: SweepDependencies): () => Promise<void> {
  const dueOf = atMostEvery<DispatchRecord>(takeUpSeconds, ({ id }) => id);
  const answerWaitingPhones = createPhoneAnswerer(deps, { everySeconds: takeUpSeconds });
  const rare = atMostEvery<string>(tidyEverySeconds, (task) => task);

  return async function sweepCalls() {
    await deps.jobs.releaseStale(deps.outages.quick ? longestJobSeconds : longestSlowJobSeconds);
    const listed = await deps.outages.asked(() =>
      deps.admission.listAbandoned({ takeUpSeconds, leaseSeconds: deps.outages.steadySeconds, limit }),
    );
    const due = dueOf(listed.filter(({ lease }) => lease !== 'lapsed' || deps.outages.steady));
    for (let from = 0; from < due.length; from += atOnce)
      await Promise.all(due.slice(from, from + atOnce).map((record) => help(record)));
    await answerWaitingPhones().catch((error: unknown) => deps.onFailure({ error }));
    if (rare(['tidy']).length > 0) {
      await deps.idempotency.deleteExpired();
      await clearRooms(deps).catch((error: unknown) => deps.onFailure({ error }));
    }
  };

  async function help(record: DispatchRecord): Promise<void> {
    try {
      await lookAfter(record, deps);
    } catch (error) {
      deps.onFailure({ callId: record.id, error });
    }
  }
}

async function lookAfter(
  record: DispatchRecord,
  { calls: store, rooms, workers, jobs }: SweepDependencies,
): Promise<void> {
  const { id: callId, state } = record;
  if (state === 'scheduled' || state === 'queued') {
    await jobs.enqueue({ task: 'dispatch-call', payload: { callId }, key: `dispatch:${callId}` });
  } else if (state === 'dispatching' && record.stateSeconds > noWorkerSeconds) {
    await endCall({ store }, { callId, reason: 'no_worker', hungUpBy: 'parley' });
  } else await takeOverCall({ store, rooms, workers }, callId);
}
