import type { WantedPipeline } from '../../../pipelines/index.ts';
import { getAgent } from '../agents/get-agent.ts';
import { longestMinutes } from '../admission/carrier-dial.ts';
import type { AdmissionStore, IdempotencyStore } from '../admission/dispatch-ports.ts';
import type { OperatorRules } from '../admission/operator-rules.ts';
import { spendPerDay } from '../admission/spend-per-day.ts';
import type { Call, CallLimits } from '../call.ts';
import { endCall } from '../end/end-call.ts';
import { CallError } from '../errors.ts';
import { newId } from '../new-id.ts';
import type { AgentDirectory, CallStore, NewCall, PipelineDirectory, Rooms } from '../ports.ts';
import { checkVariables } from './check-variables.ts';
import { checkedPipeline } from './choose-pipeline.ts';

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
  /** The key in the page that asked, and how many calls at once it may have. */
  browserKey?: { id: string; maxCalls: number } | undefined;
  /** Under which a repetition gets the same call. `id` is `<api key id>:<Idempotency-Key>`. */
  once?: { id: string; requestHash: string } | undefined;
};

export type WebCallDependencies = {
  calls: CallStore;
  rooms: Rooms;
  agents: AgentDirectory;
  pipelines: PipelineDirectory;
  admission: Pick<AdmissionStore, 'figures'>;
  idempotency: Pick<IdempotencyStore, 'find'>;
  rules: OperatorRules;
};

/**
 * Opens a room for a browser and asks a worker to join it. It passes the rules that a phone call passes, but for those of its line.
 * The room is opened first, so that nothing is left of a request that LiveKit could not serve; then the row is written, so that the
 * worker finds it. It counts as answered when the worker sees the browser in the room.
 * @throws CallError `agent_not_found`, `pipeline_not_found`, `pipeline_not_configured`, `invalid_variables`, `invalid_request`,
 *   `blocked`, `capacity_full`, `idempotency_conflict`, `livekit_unavailable`
 */
export async function startWebCall(
  request: WebCallRequest,
  deps: WebCallDependencies,
): Promise<{ call: Call; token: string; replayed: boolean }> {
  const earlier = await earlierCall(request, deps);
  if (earlier) return earlier;
  const planned = await plan(request, deps);
  const { calls, rooms } = deps;
  const id = planned.id;
  const event = { type: 'call.state', data: { state: 'in_progress', direction: 'web' } } as const;
  const { once } = request;
  const key = once && { ...once, response: { status: 201, body: { call_id: id } } };
  await rooms.openRoom(id, joinSeconds);
  const call = key ? await calls.insertCallOnce(planned, event, key) : await calls.insertCall(planned, event);
  if (!call) {
    // A request with the same key was faster by a moment.
    const faster = await earlierCall(request, deps);
    if (faster) return faster;
    throw new Error(`Call ${id} was not started, and no other one under its key.`);
  }
  const { tenantId, traceparent } = request;
  try {
    await rooms.dispatchAgent({
      room: id,
      metadata: {
        callId: id,
        tenantId,
        agent: call.agent,
        pipeline: call.pipeline,
        ...(traceparent && { traceparent }),
      },
    });
    return { call, token: await tokenFor(id, rooms), replayed: false };
  } catch (error) {
    await endCall({ store: calls }, { callId: id, reason: 'media_lost', hungUpBy: 'parley' });
    throw error;
  }
}

async function plan(request: WebCallRequest, deps: WebCallDependencies): Promise<NewCall> {
  const { tenantId, traceparent, browserKey } = request;
  const { rules } = deps;
  const agent = getAgent(deps.agents, request.agent);
  checkVariables({ agent, variables: request.variables, playbook: request.playbook });
  const { pipeline, pipelineOverrides } = await checkedPipeline({
    agent,
    asked: request.pipeline,
    pipelines: deps.pipelines,
  });
  const maxMinutes = longestMinutes(request.limits.maxMinutes, agent, rules);
  const figures = await deps.admission.figures({ tenantId, trunkId: '', phoneNumber: '' });
  const objection = spendPerDay({ figures, rules, carrierUsd: '0' });
  if (objection && 'refused' in objection)
    throw new CallError('blocked', objection.refused, { details: { rule: 'spend_per_day' } });
  return {
    id: newId('call'),
    tenantId,
    direction: 'web',
    state: 'in_progress',
    agent: agent.name,
    pipeline,
    pipelineOverrides,
    playbook: request.playbook ?? null,
    variables: request.variables,
    metadata: request.metadata,
    limits: { ...request.limits, maxMinutes },
    keyId: browserKey?.id ?? null,
    // Counted while it is written, with nobody counting beside it.
    counted: { maxTenantCalls: rules.maxCalls, maxKeyCalls: browserKey?.maxCalls },
    ...(traceparent && { plan: { traceparent } }),
  };
}

/** The call that an earlier request under the same key started, with a new token: the first one may have expired. */
async function earlierCall({ once, tenantId }: WebCallRequest, deps: WebCallDependencies) {
  const found = once && (await deps.idempotency.find(once.id));
  if (!found) return undefined;
  if (found.requestHash !== once.requestHash)
    throw new CallError(
      'idempotency_conflict',
      'This Idempotency-Key was used for another request. Send a new key with a new request.',
      { field: 'Idempotency-Key' },
    );
  const { call_id: id } = found.response.body as { call_id: string };
  const call = await deps.calls.findCall(id, tenantId);
  return call ? { call, token: await tokenFor(id, deps.rooms), replayed: true } : undefined;
}

function tokenFor(room: string, rooms: Pick<Rooms, 'callerToken'>): Promise<string> {
  return rooms.callerToken({ room, identity: 'caller', ttlSeconds: tokenSeconds });
}
