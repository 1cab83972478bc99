import { z } from 'zod';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call, Turn } from '../../calls/call.ts';
import type { JobMetadata } from '../../calls/ports.ts';
import type { CallProcessDependencies } from '../dependencies.ts';
import type { EndCause } from './ending.ts';
import type { JoinedRoom } from './join-room.ts';

/** Two renewals may fail before somebody else may take the call. */
export const leaseSeconds = 10;

const jobMetadataSchema = z.object({
  callId: z.string().optional(),
  tenantId: z.string().optional(),
  agent: z.string().optional(),
  pipeline: z.string().optional(),
  resume: z.boolean().optional(),
  traceparent: z.string().optional(),
});

/** @throws when it is not JSON of the shape of `JobMetadata` */
export function readJobMetadata(text: string): JobMetadata {
  return jobMetadataSchema.parse(text ? JSON.parse(text) : {}) as JobMetadata;
}

export type OpenedCall =
  /** `earlier`: what was said in a session before this one; undefined when this is the first. */
  | { call: Call; agent: Agent; earlier: Turn[] | undefined; joined: JoinedRoom | undefined }
  | { call: Call; ended: EndCause; joined: JoinedRoom | undefined }
  /** The call is none of ours: it is over, another process has it, or it never was. */
  | { refused: string; joined: JoinedRoom | undefined };

/**
 * Finds the call of a job and takes its lease, before anything of it can be heard: of two sessions for one call the second
 * is turned away here. For a call that came in by phone the room is joined first, since it alone tells who calls.
 *
 * The lease is the process's, and is granted to it again; between its own sessions `heldHere` decides, which tells the calls
 * they have. Whoever opened a call takes it out again.
 */
export async function openCall(
  {
    metadata,
    join,
    owner,
    heldHere,
  }: { metadata: JobMetadata; join: () => Promise<JoinedRoom>; owner: string; heldHere: Set<string> },
  deps: Pick<CallProcessDependencies, 'calls' | 'agents' | 'openInbound'>,
): Promise<OpenedCall> {
  const joined = metadata.callId === undefined ? await join() : undefined;
  const { tenantId } = metadata;
  const callId = metadata.callId ?? (await deps.openInbound?.({ room: joined!.room, metadata }))?.id;
  if (!callId) return { refused: 'there is no such call', joined };
  if (heldHere.has(callId)) return { refused: 'another session of this process has the call', joined };
  heldHere.add(callId);
  try {
    const call = await deps.calls.takeLease({ callId, tenantId, owner, seconds: leaseSeconds });
    if (!call) {
      heldHere.delete(callId);
      return { refused: whyNot(await deps.calls.findCall(callId, tenantId)), joined };
    }
    const agent = deps.agents.get(call.agent);
    if (!agent) return { call, ended: { reason: 'agent_not_found', hungUpBy: 'parley' }, joined };
    return { call, agent, earlier: metadata.resume ? await deps.calls.listTurns(call.id) : undefined, joined };
  } catch (error) {
    heldHere.delete(callId);
    throw error;
  }
}

function whyNot(call: Call | null): string {
  if (!call) return 'there is no such call';
  return call.state === 'ended' ? 'the call has ended' : 'another process has the call';
}
