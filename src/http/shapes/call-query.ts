import { z } from '@hono/zod-openapi';
import { type CallState, callStates, outcomes } from '../../calls/call-state.ts';
import { type EndReason, endReasons } from '../../calls/end/end-reason.ts';
import type { CallQuery } from '../../calls/ports.ts';

/** Within what PostgreSQL and ISO 8601 both write with four digits. */
const instant = z.iso
  .datetime({ offset: true, error: 'Send a time in ISO 8601, such as 2026-05-04T12:00:00Z' })
  .transform((text) => new Date(text))
  .refine((date) => date.getUTCFullYear() >= 1970 && date.getUTCFullYear() <= 9999, {
    error: 'Send a time from 1970 on',
  })
  .openapi({ type: 'string', format: 'date-time' });

export const statusFilter = z
  .string()
  .max(200)
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.enum(callStates)))
  .optional()
  .openapi({ type: 'string', example: 'in_progress,ended', description: 'One or more, separated by commas.' });

/** By what calls can be looked for, besides their status. */
export const callFilters = {
  agent: z.string().max(100).optional(),
  phone_number: z
    .string()
    .max(32)
    // In a query a `+` that is not written as %2B is a space.
    .transform((text) => text.replace(/^ /, '+'))
    .refine((text) => /^\+[1-9]\d{1,14}$/.test(text), { error: 'Send a number in E.164, such as +15551234567' })
    .openapi({ type: 'string', example: '+15551234567' })
    .optional()
    .describe('E.164.'),
  lead_id: z.string().max(64).optional(),
  outcome: z.enum(outcomes).optional(),
  end_reason: z.enum(Object.keys(endReasons) as [EndReason, ...EndReason[]]).optional(),
  direction: z.enum(['outbound', 'inbound', 'web']).optional(),
  trunk_id: z.string().max(64).optional(),
  q: z
    .string()
    .max(200)
    .regex(/[\p{L}\p{N}]/u, 'Send a word that was said')
    .optional()
    .openapi({ example: 'invoice "call back"' })
    .describe(
      'Words that were said in the call, by either side: all of them, each as it begins (`invoic` finds invoices); in double quotes, next to each other.',
    ),
  created_after: instant.optional(),
  created_before: instant.optional(),
};

type Filters = { [Field in keyof typeof callFilters]?: z.output<(typeof callFilters)[Field]> };

export function callQuery(
  query: Filters & {
    status?: CallState[] | undefined;
    metadata?: Record<string, unknown> | undefined;
    limit: number;
    cursor?: string | undefined;
  },
  tenantId: string,
): CallQuery {
  return {
    tenantId,
    limit: query.limit,
    ...(query.status && { states: query.status }),
    ...(query.agent && { agent: query.agent }),
    ...(query.phone_number && { phoneNumber: query.phone_number }),
    ...(query.lead_id && { leadId: query.lead_id }),
    ...(query.outcome && { outcome: query.outcome }),
    ...(query.end_reason && { endReason: query.end_reason }),
    ...(query.direction && { direction: query.direction }),
    ...(query.trunk_id && { trunkId: query.trunk_id }),
    ...(query.q && { said: query.q }),
    ...(query.metadata && { metadata: query.metadata }),
    ...(query.created_after && { createdAfter: query.created_after }),
    ...(query.created_before && { createdBefore: query.created_before }),
    ...(query.cursor && { cursor: query.cursor }),
  };
}
