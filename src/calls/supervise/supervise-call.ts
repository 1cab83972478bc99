import { randomUUID } from 'node:crypto';
import { type Call, roomOf } from '../call.ts';
import { CallError } from '../errors.ts';
import { getCall } from '../get-call.ts';
import type { CallStore, Rooms } from '../ports.ts';
import { isSupervisor, type SupervisorMode, supervisorPrefix } from './supervisor.ts';

/** How long the token may be used to join; who is in the room stays. */
const tokenSeconds = 300;

export type Supervision = { call: Call; room: string; identity: string; token: string };

/**
 * Lets somebody into the room of a call that runs. Who listens is seen by nobody in it; who takes over is heard by the caller, and
 * the session hands them the call when they speak into the room, and takes it back when they are gone.
 * @throws CallError `call_not_found`, `call_already_ended`, `call_not_live`, `call_taken_over`, `livekit_unavailable`
 */
export async function superviseCall(
  request: { id: string; tenantId: string; keyId: string; mode: SupervisorMode },
  { calls, rooms }: { calls: CallStore; rooms: Rooms },
): Promise<Supervision> {
  const { mode, keyId } = request;
  const call = await getCall(calls, request);
  if (call.state === 'ended')
    throw new CallError('call_already_ended', 'The call has ended. There is nothing to hear.');
  if (call.state !== 'in_progress' || !call.answeredAt)
    throw new CallError('call_not_live', `The call is ${call.state}. Wait until somebody is on the line.`, {
      details: { status: call.state },
    });
  const room = roomOf(call);
  if (mode === 'take_over' && (await whoTookOver(room, rooms)) !== undefined)
    throw new CallError(
      'call_taken_over',
      'Somebody else has taken the call over. Listen, or POST /api/calls/{id}/hand-back first.',
    );
  const identity = `${supervisorPrefix}${randomUUID()}`;
  const token = await rooms.supervisorToken({ room, identity, mode, ttlSeconds: tokenSeconds });
  await calls.record(call.id, {
    events: [{ type: 'supervisor.joined', data: { supervisor: identity, mode, key_id: keyId } }],
  });
  return { call, room, identity, token };
}

/** Gives the call back to its agent: whoever took it over leaves the room, and the session notices. */
export async function handBackCall(
  which: { id: string; tenantId: string },
  { calls, rooms }: { calls: CallStore; rooms: Rooms },
): Promise<Call> {
  const call = await getCall(calls, which);
  if (call.state === 'ended') throw new CallError('call_already_ended', 'The call has ended. Nothing was given back.');
  const supervisor = await whoTookOver(roomOf(call), rooms);
  if (supervisor === undefined)
    throw new CallError('call_not_taken_over', 'Nobody has taken the call over: its agent has it.');
  await rooms.removeParticipant(roomOf(call), supervisor);
  return call;
}

async function whoTookOver(room: string, rooms: Pick<Rooms, 'participants'>): Promise<string | undefined> {
  const present = await rooms.participants(room);
  return present.find(({ identity, attributes }) => isSupervisor(identity) && attributes['parley.mode'] === 'take_over')
    ?.identity;
}
