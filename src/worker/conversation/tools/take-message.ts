import { llm } from '@livekit/agents';
import { z } from 'zod';
import { idOfThing } from '../../../calls/new-id.ts';
import type { ToolContext } from './call-tool.ts';

export const takeMessageParameters = z.object({
  message: z.string().min(1).describe('What is to be passed on, in the words of the caller.'),
  name: z.string().optional().describe('Who called, if they said so.'),
  number: z.string().optional().describe('The number to call back, as the caller said it.'),
});

/** Lets the agent take down a message. It is kept with the call before the agent says so. */
export function takeMessage({ call, messages, log }: ToolContext) {
  // The same words are the same message, however often and by whichever process of the call they are passed on.
  const idOf = (message: string) =>
    idOfThing('msg', { name: JSON.stringify([call.id, plain(message)]), madeAt: call.createdAt });
  const kept = new Set<string>();
  return llm.tool({
    description: 'Takes down a message of the caller, to be passed on to people.',
    parameters: takeMessageParameters,
    execute: async ({ message, name, number }) => {
      const id = idOf(message);
      if (kept.has(id)) return 'This message is kept already. Do not take it again: go on with the call.';
      try {
        await messages.insertMessage({
          id,
          callId: call.id,
          tenantId: call.tenantId,
          callerName: name ?? null,
          phoneNumber: number ?? null,
          text: message,
        });
      } catch (error) {
        log('error', 'a message could not be kept', { error });
        throw new llm.ToolError('The message could not be kept. Say so, and ask the caller to call again.');
      }
      kept.add(id);
      return 'The message is kept and will be passed on.';
    },
  });
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
