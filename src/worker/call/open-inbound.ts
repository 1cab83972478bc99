import { setTimeout as sleep } from 'node:timers/promises';
import { ParticipantKind, type RemoteParticipant, type Room } from '@livekit/rtc-node';
import { readSipAttributes } from '../../../telephony/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call } from '../../calls/call.ts';
import { choosePipeline } from '../../calls/place/choose-pipeline.ts';
import { CallError } from '../../calls/errors.ts';
import { inboundCallId } from '../../calls/place/inbound-call-id.ts';
import type { AgentDirectory, CallStore, JobMetadata, PipelineDirectory } from '../../calls/ports.ts';

const phoneSeconds = 5;

/**
 * Writes the row of a call that came in by phone. The number called chose the dispatch rule, and the rule's metadata the
 * agent and the tenant; who calls is on the phone's participant. Null: there is no phone in the room.
 */
export async function openInbound(
  { room, metadata }: { room: Room; metadata: JobMetadata },
  deps: {
    calls: Pick<CallStore, 'insertCall'>;
    agents: AgentDirectory;
    pipelines: PipelineDirectory;
    /** Whose call it is when the rule names nobody. */
    tenantId: string;
  },
): Promise<Call | null> {
  const phone = await phoneIn(room);
  if (!phone || !metadata.agent) return null;
  const { phoneNumber, trunkPhoneNumber, trunkId } = readSipAttributes(phone.attributes);
  const agent = deps.agents.get(metadata.agent);
  const chosen = agent && chosenPipeline(agent, { metadata, pipelines: deps.pipelines });
  return deps.calls.insertCall(
    {
      id: inboundCallId({ name: room.name ?? '', createdAt: room.creationTime }),
      tenantId: metadata.tenantId ?? deps.tenantId,
      direction: 'inbound',
      state: 'in_progress',
      agent: metadata.agent,
      pipeline: chosen?.pipeline ?? 'auto',
      pipelineOverrides: chosen?.pipelineOverrides ?? {},
      phoneNumber: phoneNumber ?? null,
      fromNumber: trunkPhoneNumber ?? null,
      trunkId: trunkId ?? null,
      room: room.name ?? null,
    },
    { type: 'call.state', data: { state: 'in_progress', direction: 'inbound' } },
  );
}

/** What cannot be had is written as it was asked for, so that the call ends with that reason. */
function chosenPipeline(agent: Agent, of: { metadata: JobMetadata; pipelines: PipelineDirectory }) {
  const asked = of.metadata.pipeline;
  try {
    return choosePipeline({ agent, asked, pipelines: of.pipelines });
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { pipeline: asked ?? 'auto', pipelineOverrides: {} };
  }
}

/** The phone is in the room before we are asked to come; a moment is allowed for the room to tell. */
async function phoneIn(room: Room): Promise<RemoteParticipant | undefined> {
  const deadline = performance.now() + phoneSeconds * 1000;
  for (;;) {
    const phone = [...room.remoteParticipants.values()].find(({ info }) => info.kind === ParticipantKind.SIP);
    if (phone || performance.now() > deadline) return phone;
    await sleep(50);
  }
}
