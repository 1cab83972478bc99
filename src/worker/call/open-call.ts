import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call, Turn } from '../../calls/call.ts';
import { recall, type Recalled } from '../../calls/memory/recall.ts';
import type { JobMetadata } from '../../calls/ports.ts';
import type { CallProcessDependencies } from '../dependencies.ts';
import { languageChosen } from '../preparation/heed-backend.ts';
import { type Formalities, formalitiesOf } from '../recording/consent.ts';
import type { EndCause } from './ending.ts';
import type { JoinedRoom } from './join-room.ts';
import type { Leases } from './leases.ts';
import type { Ownership } from './ownership.ts';

/** What earlier calls left is waited for so long. */
const recallMs = 500;

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

/** `earlier`: what was said in a session before this one; undefined when this is the first. `formalities`: what is left to be said. */
export type OpenedCall = { call: Call; ownership: Ownership; talkedSeconds: number } & (
  | { agent: Agent; earlier: Turn[] | undefined; formalities: Formalities; recalled: Recalled | undefined }
  | { ended: EndCause }
);

/**
 * Finds the call of a job and takes it, before anything of it can be heard: of two sessions for one call the second is turned
 * away here. For a call that came in by phone the room is joined first, since it alone tells who calls.
 * @param owner Of this session alone
 * @returns the call, or why it is none of ours: it is over, another session has it, or it never was
 */
export async function openCall(
  {
    metadata,
    join,
    leases,
    owner,
  }: { metadata: JobMetadata; join: () => Promise<JoinedRoom>; leases: Pick<Leases, 'take'>; owner: string },
  deps: Pick<CallProcessDependencies, 'calls' | 'agents' | 'openInbound' | 'log'>,
): Promise<OpenedCall | { refused: string }> {
  const { tenantId } = metadata;
  const callId = metadata.callId ?? (await deps.openInbound?.({ room: (await join()).room, metadata }))?.id;
  if (!callId) return { refused: 'there is no such call' };
  const taken = await leases.take({ callId, tenantId, owner });
  if (!taken) return { refused: whyNot(await deps.calls.findCall(callId, tenantId)) };
  const { answeredAt } = taken.call;
  const past = answeredAt || metadata.resume ? await deps.calls.listEvents(callId) : undefined;
  const file = deps.agents.get(taken.call.agent);
  if (!file) return { ...taken, ended: { reason: 'agent_not_found', hungUpBy: 'parley' } };
  const earlier = metadata.resume ? await deps.calls.listTurns(callId) : undefined;
  const agent = languageChosen(file, past);
  const recalled = await recallSoon({ call: taken.call, agent }, deps);
  // A call that was given one of these itself means its own.
  const variables = { ...recalled?.variables, ...taken.call.variables };
  return {
    ...taken,
    call: { ...taken.call, variables },
    agent,
    recalled,
    earlier,
    formalities: formalitiesOf(agent, answeredAt ? past : undefined),
  };
}

/** A database that is slow costs what is remembered, and not the answer. */
async function recallSoon(
  about: { call: Call; agent: Agent },
  deps: Pick<CallProcessDependencies, 'calls' | 'log'>,
): Promise<Recalled | undefined> {
  const late = new AbortController();
  const nothing = sleep(recallMs, undefined, { signal: late.signal }).catch(() => undefined);
  const found = recall(about, deps).catch((error: unknown) => {
    deps.log('warn', 'earlier calls of a number cannot be looked up', { callId: about.call.id, error });
    return undefined;
  });
  return Promise.race([found, nothing]).finally(() => late.abort());
}

function whyNot(call: Call | null): string {
  if (!call) return 'there is no such call';
  return call.state === 'ended' ? 'the call has ended' : 'another session has the call';
}
