import { z } from '@hono/zod-openapi';
import { callStates } from '../../../calls/call-state.ts';
import { callJson, callSchema } from '../../shapes/call-json.ts';
import { callFilters, callQuery } from '../../shapes/call-query.ts';
import { paging, strict } from '../../route.ts';
import { defineTool } from '../tool.ts';

export const listCallsTool = defineTool({
  name: 'list_calls',
  title: 'List calls',
  description:
    'Calls, newest first, by status, agent, number, lead, time or words that were said (q); without what was said, which get_call returns. Ask with phone_number before calling somebody of whom it is not clear whether they were called already.',
  scope: 'calls:read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: strict({
    status: z.array(z.enum(callStates)).min(1).optional(),
    ...callFilters,
    limit: z.number().int().min(1).max(100).default(20).describe('Calls per page.'),
    cursor: paging.cursor,
  }),
  output: z.object({ calls: z.array(callSchema), next_cursor: z.string().nullable() }),
  async run(query, { deps, key, origin }) {
    const { calls, nextCursor } = await deps.calls.listCalls(callQuery(query, key.tenantId));
    return { result: { calls: calls.map((call) => callJson(call, origin)), next_cursor: nextCursor } };
  },
});
