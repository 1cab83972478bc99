import { z } from '@hono/zod-openapi';
import { defaultBreaker } from '../../calls/campaigns/breaker.ts';
import type { CampaignOrder } from '../../calls/campaigns/campaign.ts';
import type { LeadQuery } from '../../calls/campaigns/campaign-ports.ts';
import type { Candidate } from '../../calls/campaigns/add-recipients.ts';
import type { CampaignRequest } from '../../calls/campaigns/create-campaign.ts';
import { dispatchFields, planOf } from './dispatch-fields.ts';
import { variables } from './request-fields.ts';
import { strict } from '../route.ts';

const { shape } = dispatchFields;
const share = z.number().min(0).max(1);

const pacing = strict({
  max_calls: z.number().int().min(1).max(10_000).default(10).describe('Calls at once, ringing ones too.'),
  calls_per_minute: z.number().min(0.1).max(10_000).optional().describe('New calls per minute, at most.'),
  max_conversations: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe(
      'How many people should be on the line at once. The answer rate so far decides how many phones ring for that.',
    ),
});

const breaker = strict({
  calls: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(defaultBreaker.calls)
    .describe('How many of the latest calls are looked at.'),
  min_calls: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(defaultBreaker.minCalls)
    .describe('Nothing is concluded from fewer.'),
  max_failed_share: share.default(defaultBreaker.maxFailedShare).describe('Share of the calls that failed, 0 to 1.'),
  max_opt_out_share: share
    .default(defaultBreaker.maxOptOutShare)
    .describe('Share of the people who answered that asked not to be called again.'),
  max_short_share: share
    .default(defaultBreaker.maxShortShare)
    .describe('Share of the answered calls that ended within `short_seconds`.'),
  short_seconds: z.number().min(1).max(600).default(defaultBreaker.shortSeconds),
});

const moment = z.iso
  .datetime({ offset: true, error: 'Send a time in ISO 8601 with its offset, such as 2026-05-04T12:00:00Z' })
  .transform((text) => new Date(text))
  .openapi({ type: 'string', format: 'date-time' });

/** Which leads are called; those with a number, and each number once. */
export const leadQuery = strict({
  ids: z.array(z.string().min(1).max(64)).min(1).max(5_000).optional(),
  company: z.string().max(200).optional(),
  data: z.record(z.string().max(100), z.unknown()).optional().describe('Leads whose `data` has all of this.'),
  created_after: moment.optional(),
  created_before: moment.optional(),
  never_called: z.boolean().optional().describe('Only leads that no call of this tenant named so far.'),
});

export const recipientFields = strict({
  to: z.string().min(1).max(32).openapi({ example: '+15551234567' }).describe('Number to call, E.164.'),
  variables: variables.default({}),
});

/** Whom a request adds: people by number, leads, or both. */
export const additionFields = {
  recipients: z.array(recipientFields).max(5_000).optional().describe('People to call; each number is called once.'),
  leads: leadQuery.optional().describe('Leads to call, by what is known of them.'),
};

export const campaignFields = strict({
  name: z.string().trim().min(1).max(200).openapi({ example: 'Reminders of May' }),
  agent: shape.agent,
  pipeline: shape.pipeline,
  playbook: shape.playbook,
  variables: shape.variables.describe('For every recipient, unless they have their own.'),
  from: shape.from,
  trunk_id: shape.trunk_id,
  metadata: shape.metadata,
  schedule: shape.schedule.describe('When it calls. After `not_after` nobody is called.'),
  retry: shape.retry.describe('Without it each person is called once.'),
  voicemail: shape.voicemail,
  limits: shape.limits.describe('Of each call.'),
  pacing: pacing.prefault({}).describe('How fast it calls.'),
  breaker: breaker.prefault({}).describe('When it pauses by itself.'),
  max_spend_usd: z.number().min(0).max(1_000_000).optional().describe('It pauses when its calls have cost this much.'),
  ...additionFields,
  start: z.boolean().default(false).describe('Start calling right away.'),
  dry_run: z
    .boolean()
    .default(false)
    .describe('Say who would be called when, who not and why; nothing is written and nobody is called.'),
}).openapi('CreateCampaign');

export type CampaignBody = z.output<typeof campaignFields>;

/** The order of a request, without whom it is about. */
export function campaignRequestOf(body: CampaignBody, tenantId: string): CampaignRequest {
  const { agent, pipeline, playbook, from, trunk_id: trunkId, metadata, limits, pacing: pace, breaker: limit } = body;
  const { notAfter, retry, ...plan } = planOf(body);
  const order: CampaignOrder = {
    agent,
    ...(pipeline !== undefined && { pipeline }),
    ...(playbook !== undefined && { playbook }),
    variables: body.variables,
    ...(from !== undefined && { from }),
    ...(trunkId !== undefined && { trunkId }),
    metadata,
    limits,
    plan,
  };
  return {
    tenantId,
    name: body.name,
    order,
    notBefore: body.schedule.not_before ?? null,
    notAfter: notAfter ?? null,
    retry: retry ?? null,
    pacing: {
      maxCalls: pace.max_calls,
      ...(pace.calls_per_minute !== undefined && { callsPerMinute: pace.calls_per_minute }),
      ...(pace.max_conversations !== undefined && { maxConversations: pace.max_conversations }),
    },
    breaker: {
      calls: limit.calls,
      minCalls: limit.min_calls,
      maxFailedShare: limit.max_failed_share,
      maxOptOutShare: limit.max_opt_out_share,
      maxShortShare: limit.max_short_share,
      shortSeconds: limit.short_seconds,
    },
    maxSpendUsd: body.max_spend_usd?.toFixed(12) ?? null,
  };
}

export function leadQueryOf(query: z.output<typeof leadQuery>): LeadQuery {
  const { ids, company, data, created_after, created_before, never_called } = query;
  return {
    ...(ids && { ids }),
    ...(company !== undefined && { company }),
    ...(data && { data }),
    ...(created_after && { createdAfter: created_after }),
    ...(created_before && { createdBefore: created_before }),
    ...(never_called !== undefined && { neverCalled: never_called }),
  };
}

export function* candidatesOf(recipients: readonly z.output<typeof recipientFields>[]): Generator<Candidate> {
  for (const [index, { to, variables: own }] of recipients.entries()) yield { where: index + 1, to, variables: own };
}
