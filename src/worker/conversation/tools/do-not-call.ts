import { llm } from '@livekit/agents';
import { z } from 'zod';
import { defaultReason } from '../../../calls/do-not-call/add-number.ts';
import type { ToolContext } from './call-tool.ts';

export const doNotCallParameters = z.object({
  reason: z.string().max(200).optional().describe('Why, in the words of the person, if they said so.'),
});

/** Lets the agent promise that the person is not called again. It is kept before the agent says so. */
export function doNotCall({ call, doNotCall: store, log }: ToolContext) {
  return llm.tool({
    description:
      'Puts the number of the person you are talking to on the do-not-call list. Use it at once when they ask not to be called again, then say that it is done and say goodbye.',
    parameters: doNotCallParameters,
    execute: async ({ reason }) => {
      if (!call.phoneNumber) throw new llm.ToolError('This call has no number. Say that nobody will call.');
      // As it was dialled, or as the carrier told it: whatever it is, it is not called again.
      const { id: callId, phoneNumber } = call;
      try {
        await store.add({ tenantId: call.tenantId }, 'agent', [
          { phoneNumber, reason: reason?.trim() || defaultReason, callId },
        ]);
      } catch (error) {
        log('error', 'a number could not be put on the do-not-call list', { error });
        throw new llm.ToolError('It could not be kept. Say so, and that a person will take care of it.');
      }
      return 'The number will not be called again.';
    },
  });
}
