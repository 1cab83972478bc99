import { z } from '@hono/zod-openapi';
import { callStates } from '../../../calls/call-state.ts';
import { stopCall } from '../../../calls/control/stop-call.ts';
import { strict } from '../../route.ts';
import { callId } from '../call-id.ts';
import { defineTool } from '../tool.ts';

export const hangUpTool = defineTool({
  name: 'hang_up',
  title: 'End a call',
  description:
    'Ends a call wherever it is: hangs up on the person on the line, stops the ringing, or cancels it before it is dialled. It erases nothing. A call that has ended stays as it is.',
  scope: 'calls:write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: strict({ call_id: callId }),
  output: z.object({
    call_id: z.string(),
    status: z.enum(callStates),
    done: z
      .enum(['hanging_up', 'canceling', 'canceled', 'already_ended'])
      .describe('After `hanging_up` and `canceling` the call has not ended yet; get_call shows its end.'),
  }),
  async run({ call_id: id }, { deps, key }) {
    const { done, call } = await stopCall({ id, tenantId: key.tenantId }, deps);
    return {
      result: { call_id: call.id, status: call.state, done },
      ...(done !== 'already_ended' && { changed: call.id }),
    };
  },
});
