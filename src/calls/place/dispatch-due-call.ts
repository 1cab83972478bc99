import type { Admitted } from '../admission/admit-queued.ts';
import type { AdmissionStore, JobQueue } from '../admission/dispatch-ports.ts';
import type { CallStore, Due } from '../ports.ts';
import { turnInLine } from './wait-in-line.ts';

/** How often the first of a line that waits asks whether there is room. */
const firstAsksEverySeconds = 0.5;

/**
 * The job of one call whose time has come. It lets in whoever is first in line, which may be others; when its own call has
 * to wait it comes again, the later the longer the line. Whatever is left to do has a job when this one is over.
 */
export async function dispatchDueCall(
  callId: string,
  deps: {
    calls: Pick<CallStore, 'findForDispatch' | 'transition'>;
    admission: Pick<AdmissionStore, 'queuePosition'>;
    jobs: JobQueue;
    admitQueued: (tenantId: string) => Promise<Admitted>;
  },
): Promise<void> {
  const record = await deps.calls.findForDispatch(callId);
  if (record?.state !== 'scheduled' && record?.state !== 'queued') return;
  const again = (id: string, at: Due) =>
    deps.jobs.enqueue({ task: 'dispatch-call', payload: { callId: id }, key: `dispatch:${id}`, runAt: at });
  if (record.notBefore && record.dueInSeconds > 0) return again(callId, record.notBefore);
  if (record.state === 'scheduled')
    await deps.calls.transition({ callId, to: 'queued', from: ['scheduled'], event: { type: 'call.queued' } });
  const { settled, first } = await deps.admitQueued(record.tenantId);
  if (first !== undefined) await again(first, { inSeconds: firstAsksEverySeconds });
  if (settled.has(callId) || first === callId) return;
  const position = await deps.admission.queuePosition(callId);
  if (position !== null) await again(callId, turnInLine(position));
}
