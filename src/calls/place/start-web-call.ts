import type { WantedPipeline } from '../../../pipelines/index.ts';
import type { Call, CallLimits } from '../call.ts';
import { newId } from '../new-id.ts';
import { checkVariables } from './check-variables.ts';
import { choosePipeline } from './choose-pipeline.ts';
import { endCall } from '../end/end-call.ts';
import { getAgent } from '../agents/get-agent.ts';
import type { AgentDirectory, CallStore, PipelineDirectory, Rooms } from '../ports.ts';

/** How long a browser has to join before LiveKit closes the room. */
const joinSeconds = 60;
const tokenSeconds = 600;

export type WebCallRequest = {
  tenantId: string;
  agent: string;
  pipeline?: WantedPipeline | undefined;
  variables: Record<string, string>;
  metadata: Record<string, unknown>;
  playbook?: string | undefined;
  limits: CallLimits;
  /** W3C trace context of the request. */
  traceparent?: string | undefined;
};

/**
 * Opens a room for a browser and asks a worker to join it. The row is written first, so that the worker finds it; when
 * LiveKit cannot be reached the call ends at once. It counts as answered when the worker sees the browser in the room.
 * @throws CallError `agent_not_found`, `pipeline_not_found`, `pipeline_not_configured`, `invalid_variables`,
 *   `livekit_unavailable`
 */
export async function startWebCall(
  request: WebCallRequest,
  deps: { calls: CallStore; rooms: Rooms; agents: AgentDirectory; pipelines: PipelineDirectory },
): Promise<{ call: Call; token: string }> {
  const agent = getAgent(deps.agents, request.agent);
  checkVariables({ agent, variables: request.variables, playbook: request.playbook });
  const { pipeline, pipelineOverrides } = choosePipeline({
    agent,
    asked: request.pipeline,
    pipelines: deps.pipelines,
  });
  const { tenantId, traceparent } = request;
  const id = newId('call');
  const call = await deps.calls.insertCall(
    {
      id,
      tenantId,
      direction: 'web',
      state: 'in_progress',
      agent: agent.name,
      pipeline,
      pipelineOverrides,
      playbook: request.playbook ?? null,
      variables: request.variables,
      metadata: request.metadata,
      limits: request.limits,
      ...(traceparent && { plan: { traceparent } }),
    },
    { type: 'call.state', data: { state: 'in_progress', direction: 'web' } },
  );
  try {
    await deps.rooms.dispatchAgent({
      room: id,
      metadata: { callId: id, tenantId, agent: agent.name, pipeline, ...(traceparent && { traceparent }) },
      emptyTimeoutSeconds: joinSeconds,
    });
    const token = await deps.rooms.callerToken({ room: id, identity: 'caller', ttlSeconds: tokenSeconds });
    return { call, token };
  } catch (error) {
    await endCall({ store: deps.calls }, { callId: id, reason: 'media_lost', hungUpBy: 'parley' });
    throw error;
  }
}
