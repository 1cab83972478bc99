import { randomUUID } from 'node:crypto';
import type { JobQueue } from '../admission/dispatch-ports.ts';
import { CallError } from '../errors.ts';
import { getCall } from '../get-call.ts';
import type { AgentDirectory, CallStore } from '../ports.ts';

/** What the job `analyze-call` is about. `attempt` counts from 0. */
export type AnalyzeJob = { callId: string; run: string; attempt?: number };

/**
 * Has the result of an ended call found out again, by the agent file as it is now.
 * @throws CallError `call_not_found`, `call_in_progress`, `result_not_configured`
 */
export async function requestAnalysis(
  which: { id: string; tenantId: string },
  deps: { calls: CallStore; agents: AgentDirectory; jobs: Pick<JobQueue, 'enqueue'> },
): Promise<{ callId: string }> {
  const call = await getCall(deps.calls, which);
  if (call.state !== 'ended')
    throw new CallError('call_in_progress', 'The call has not ended. Its result is found out by itself then.');
  if (!deps.agents.get(call.agent)?.result)
    throw new CallError(
      'result_not_configured',
      `The agent ${call.agent} has no \`result:\` in its file, so there is nothing to find out. Add it there.`,
    );
  const payload: AnalyzeJob = { callId: call.id, run: randomUUID() };
  await deps.jobs.enqueue({ task: 'analyze-call', payload, key: `analyze:${call.id}` });
  return { callId: call.id };
}
