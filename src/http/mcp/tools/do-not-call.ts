import { z } from '@hono/zod-openapi';
import { addNumber } from '../../../calls/do-not-call/add-number.ts';
import { strict } from '../../route.ts';
import { defineTool } from '../tool.ts';

export const doNotCallTool = defineTool({
  name: 'do_not_call',
  title: 'Never call a number again',
  description:
    'Puts a number on the do-not-call list. It is not dialled from then on, by calls that wait already neither. Use it when somebody asked for it; only a person takes a number off the list again.',
  scope: 'leads:write',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: strict({
    phone_number: z.string().min(1).max(32).describe('E.164, such as +14155552671.'),
    reason: z.string().trim().min(1).max(200).optional().describe('In the words of whoever asked.'),
    call_id: z.string().min(1).max(64).optional().describe('The call in which it was asked for.'),
  }),
  output: z.object({
    phone_number: z.string(),
    reason: z.string(),
    created: z.boolean().describe('False: it was on the list already, with this reason.'),
  }),
  async run({ phone_number: phoneNumber, reason, call_id: callId }, { deps, key }) {
    const list = { tenantId: key.tenantId };
    const added = { list, source: 'assistant', phoneNumber, reason, callId } as const;
    const { entry, created } = await addNumber(added, deps.doNotCall);
    return {
      result: { phone_number: entry.phoneNumber ?? phoneNumber, reason: entry.reason, created },
      ...(created && { changed: entry.id }),
    };
  },
});
