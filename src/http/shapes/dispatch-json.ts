import { z } from '@hono/zod-openapi';
import type { CallRequest, PlannedCall } from '../../calls/place/place-call.ts';
import type { CallWebhook } from '../../calls/ports.ts';
import { type DispatchBody, planOf } from './dispatch-fields.ts';

const position = z
  .number()
  .int()
  .optional()
  .describe('Calls of this tenant that go before it, when it has to wait for a free line.');
const status = z.enum(['queued', 'scheduled']);

export const acceptedSchema = z
  .object({
    call_id: z.string().openapi({ example: 'call_01JTAVN8M3Q4Z6T0Y7W2K5X9BC' }),
    status,
    status_url: z.string(),
    position,
  })
  .openapi('AcceptedCall');

export const previewSchema = z
  .object({
    dry_run: z.literal(true),
    status,
    position,
    to: z.string().describe('As it would be dialled.'),
    from: z.string().nullable(),
    trunk_id: z.string(),
    agent: z.string(),
    pipeline: z.string(),
    not_before: z.iso.datetime().nullable().describe('When it would be dialled; null: now.'),
    rules: z
      .array(
        z.object({
          rule: z.string(),
          verdict: z.enum(['passes', 'waits', 'refuses', 'later']).describe('`later`: asked when it is due.'),
          reason: z.string().optional(),
        }),
      )
      .describe('What each rule says; `blocked` has the same.'),
  })
  .openapi('DispatchPreview');

/** The order of a request; webhooks are taken as they are. */
export function requestOf(
  body: DispatchBody,
  { tenantId, traceparent }: { tenantId: string; traceparent: string | undefined },
): CallRequest {
  const { webhook, resume_url } = body;
  const webhooks: CallWebhook[] = [
    ...(webhook ? [{ kind: 'events' as const, ...webhook }] : []),
    ...(resume_url ? [{ kind: 'resume' as const, url: resume_url, events: ['call.ended' as const] }] : []),
  ];
  return {
    tenantId,
    to: body.to,
    agent: body.agent,
    from: body.from,
    trunkId: body.trunk_id,
    playbook: body.playbook,
    variables: body.variables,
    pipeline: body.pipeline,
    metadata: body.metadata,
    lead: body.lead,
    notBefore: body.schedule.not_before,
    plan: { ...planOf(body), ...(traceparent && { traceparent }) },
    limits: body.limits,
    webhooks,
  };
}

export function accepted(id: string, { call, position }: PlannedCall, origin: string): z.infer<typeof acceptedSchema> {
  return {
    call_id: id,
    status: call.state as 'queued' | 'scheduled',
    status_url: `${origin}/api/calls/${id}`,
    ...(position !== undefined && { position }),
  };
}

export function preview({ call, position, verdicts }: PlannedCall): z.infer<typeof previewSchema> {
  return {
    dry_run: true,
    status: call.state as 'queued' | 'scheduled',
    ...(position !== undefined && { position }),
    to: call.phoneNumber ?? '',
    from: call.fromNumber ?? null,
    trunk_id: call.trunkId ?? '',
    agent: call.agent,
    pipeline: call.pipeline,
    not_before: call.notBefore?.toISOString() ?? null,
    rules: [...verdicts],
  };
}
