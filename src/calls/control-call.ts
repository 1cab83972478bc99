import { type Call, roomOf } from './call.ts';
import type { CallState } from './call-state.ts';
import type { TransferCheck } from './check-transfer-target.ts';
import { CallError } from './errors.ts';
import { getCall } from './get-call.ts';
import type { CallStore, ControlMessage, Rooms } from './ports.ts';

/** States in which each command reaches a session. Before `in_progress` there is nobody to speak to. */
const statesOf = {
  hang_up: ['dialing', 'ringing', 'in_progress'],
  say: ['in_progress'],
  dtmf: ['in_progress'],
  transfer: ['in_progress'],
} as const satisfies Record<ControlMessage['type'], readonly CallState[]>;

/**
 * Tells the session that runs the call what to do, through LiveKit, so that any replica of the API can.
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
  await deps.rooms.sendControl(roomOf(call), message);
  return call;
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
