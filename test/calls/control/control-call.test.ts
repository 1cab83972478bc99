import { expect, test } from 'vitest';
import { controlCall } from '../../../src/calls/control/control-call.ts';
import { CallError } from '../../../src/calls/errors.ts';
import type { CallStore, Rooms } from '../../../src/calls/ports.ts';

const command = { id: 'call_1', tenantId: 'tenant_a', message: { type: 'hang_up', by: 'operator' } } as const;

/** LiveKit fails while it is told; the call is `after` then. */
function failing(after: 'in_progress' | 'ended') {
  const states = ['in_progress', after];
  const calls = {
    findCall: async () => ({
      id: 'call_1',
      tenantId: 'tenant_a',
      direction: 'outbound',
      state: states.shift() ?? after,
    }),
    findForDispatch: async () => null,
  } as unknown as CallStore;
  const sendControl = async () => {
    throw new CallError('livekit_unavailable', 'LiveKit cannot be reached.');
  };
  return { calls, rooms: { sendControl } as unknown as Rooms, checkTransferTarget: async () => undefined };
}

test('a hang-up that races the end of the call is told that it has ended', async () => {
  await expect(controlCall(command, failing('ended'))).rejects.toMatchObject({ code: 'call_already_ended' });
});

test('one that does not reach LiveKit is told so', async () => {
  await expect(controlCall(command, failing('in_progress'))).rejects.toMatchObject({ code: 'livekit_unavailable' });
});
