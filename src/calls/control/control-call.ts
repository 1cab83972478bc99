import { type Call, roomOf } from '../call.ts';
import type { CallState } from '../call-state.ts';
import type { TransferCheck } from './check-transfer-target.ts';
import { endCall } from '../end/end-call.ts';
import { CallError } from '../errors.ts';
import { getCall } from '../get-call.ts';
import type { CallStore, ControlMessage, Rooms } from '../ports.ts';
import { hasNoSession } from '../end/watch-handed-over.ts';

/** States in which each command reaches a session. Before `in_progress` there is nobody to speak to. */
const statesOf = {
  hang_up: ['dialing', 'ringing', 'in_progress'],
  say: ['in_progress'],
  whisper: ['in_progress'],
  dtmf: ['in_progress'],
  tool_answered: ['in_progress'],
  transfer: ['in_progress'],
} as const satisfies Record<ControlMessage['type'], readonly CallState[]>;

/**
 * Tells the session that runs the call what to do, through LiveKit, so that any replica of the API can. A call that has no
 * session any more, as when the agent connected two people and its worker has gone, is hung up from here.
 * @throws CallError `call_not_found`, `call_already_ended`, `call_not_live`, `not_a_phone_call`, `livekit_unavailable`, and for
 *   transfers `invalid_number`, `blocked`
 */
export async function controlCall(
  command: { id: string; tenantId: string; message: ControlMessage },
  deps: {
    calls: CallStore;
    rooms: Rooms;
    checkTransferTarget: (transfer: TransferCheck) => Promise<unknown>;
  },
): Promise<Call> {
  const { message } = command;
  const call = await getCall(deps.calls, command);
  refuseWrongState(call, message);
  if (message.type === 'transfer') await deps.checkTransferTarget({ call, to: message.to });
  const record = call.state === 'in_progress' ? await deps.calls.findForDispatch(call.id) : null;
  if (record && hasNoSession(record)) return withoutSession(call, message, deps);
  try {
    await deps.rooms.sendControl(roomOf(call), message);
  } catch (error) {
    // The call may have ended while it was told, and its room with it.
    refuseWrongState(await getCall(deps.calls, command), message);
    throw error;
  }
  return call;
}

async function withoutSession(
  call: Call,
  { type }: ControlMessage,
  { calls: store, rooms }: { calls: CallStore; rooms: Rooms },
): Promise<Call> {
  if (type !== 'hang_up')
    throw new CallError(
      'call_not_live',
      'No agent is in the call: it has handed it over, or its process died and another one is coming. Try again in some seconds, or hang up.',
      { details: { status: call.state } },
    );
  const ending = { callId: call.id, reason: 'operator_hung_up', hungUpBy: 'operator' } as const;
  const ended = await endCall({ store }, { ...ending, answered: call.answeredAt !== null });
  if (ended) await rooms.deleteRoom(roomOf(call));
  return ended ?? getCall(store, call);
}

function refuseWrongState(call: Call, { type }: ControlMessage): void {
  if (call.state === 'ended') throw new CallError('call_already_ended', 'The call has ended. Nothing was sent.');
  if (!(statesOf[type] as readonly CallState[]).includes(call.state))
    throw new CallError(
      'call_not_live',
      `The call is ${call.state}. ${type === 'hang_up' ? 'DELETE /api/calls/{id} cancels it.' : 'Wait until it is in_progress.'}`,
      { details: { status: call.state } },
    );
  if (call.direction === 'web' && (type === 'dtmf' || type === 'transfer'))
    throw new CallError('not_a_phone_call', 'A browser call has no phone line. Use hang-up or say.');
}
