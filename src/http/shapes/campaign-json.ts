import { z } from '@hono/zod-openapi';
import type { Addition } from '../../calls/campaigns/add-recipients.ts';
import { type Campaign, campaignStates, pauseReasons, recipientStates } from '../../calls/campaigns/campaign.ts';
import type { CampaignProgress, RecipientResult } from '../../calls/campaigns/campaign-ports.ts';
import type { Forecast } from '../../calls/campaigns/forecast.ts';
import { type Outcome, outcomes } from '../../calls/call-state.ts';
import { limitsJson } from './call-json.ts';

const instant = z.iso.datetime();
const record = z.record(z.string(), z.unknown());
const whole = z.number().int();

export const campaignSchema = z
  .object({
    campaign_id: z.string().openapi({ example: 'campaign_01JTAVN8M3Q4Z6T0Y7W2K5X9BC' }),
    name: z.string(),
    status: z.enum(campaignStates),
    status_url: z.string(),
    pause_reason: z.enum(pauseReasons).nullable().describe('Why it is paused; `operator`: somebody paused it.'),
    pause_detail: z.string().nullable().describe('The same in words.'),
    agent: z.string(),
    trunk_id: z.string(),
    variables: z.record(z.string(), z.string()),
    metadata: record,
    limits: record,
    schedule: record,
    retry: record.nullable(),
    voicemail: record.nullable(),
    pacing: record,
    breaker: record,
    max_spend_usd: z.string().nullable(),
    spent_usd: z.string().describe('What its calls cost by the time they ended.'),
    created_at: instant,
    started_at: instant.nullable(),
    ended_at: instant.nullable(),
  })
  .openapi('Campaign');

export const campaignDetailSchema = campaignSchema
  .extend({
    progress: z.object({
      recipients: z.object(Object.fromEntries(recipientStates.map((state) => [state, whole]))),
      outcomes: z.partialRecord(z.enum(outcomes), whole).describe('Recipients, by what came of the last call.'),
      calls: whole.describe('Calls placed, including repeated attempts.'),
      answered: whole.describe('Calls that a person answered.'),
      opted_out: whole.describe('People who asked not to be called again.'),
    }),
  })
  .openapi('CampaignDetail');

export const additionSchema = z.object({
  added: whole,
  duplicates: whole.describe('Added more than once, or already in the campaign.'),
  rejected: whole,
  rejections: z
    .array(z.object({ line: whole, reason: z.string() }))
    .describe('The first thousand, by line of the CSV or position in the list.'),
});

export const recipientSchema = z
  .object({
    position: whole,
    phone_number: z.string().nullable().describe('Null: it was erased.'),
    lead_id: z.string().nullable(),
    variables: z.record(z.string(), z.string()),
    status: z.enum(recipientStates),
    attempts: whole.describe('Calls placed.'),
    due_at: instant.describe('Not called before.'),
    outcome: z.enum(outcomes).nullable().describe('Of the last call.'),
    reason: z.string().nullable().describe('Why they are not called.'),
    call_id: z.string().nullable(),
    cost_usd: z.string().nullable(),
    result: record.nullable().describe("The values that the agent's `result:` asks for."),
  })
  .openapi('Recipient');

export const forecastSchema = z
  .object({
    calls: whole.describe('Recipients who would be called.'),
    skipped: whole,
    first_at: instant.nullable(),
    last_at: instant.nullable(),
    call_seconds: z.number().describe('How long a call is taken to last.'),
    measured: z.boolean().describe("Whether that is the average of the agent's last calls."),
    calls_at_once: whole,
    recipients: z
      .array(
        z.object({
          position: whole,
          phone_number: z.string(),
          at: instant.nullable().describe('When the phone would ring; null: it would not.'),
          rule: z.string().nullable().describe('The rule that forbids the call.'),
          reason: z.string().nullable(),
        }),
      )
      .describe('The first ten thousand.'),
  })
  .openapi('CampaignForecast');

/** `origin` is the address under which others reach the API. */
export function campaignJson(campaign: Campaign, origin: string): z.infer<typeof campaignSchema> {
  const { id, order, notBefore, notAfter, retry, pacing, breaker } = campaign;
  return {
    campaign_id: id,
    name: campaign.name,
    status: campaign.state,
    status_url: `${origin}/api/campaigns/${id}`,
    pause_reason: campaign.state === 'paused' ? campaign.pauseReason : null,
    pause_detail: campaign.state === 'paused' ? campaign.pauseDetail : null,
    agent: order.agent,
    trunk_id: campaign.trunkId,
    variables: order.variables,
    metadata: order.metadata,
    limits: limitsJson(order.limits),
    schedule: {
      ...(notBefore && { not_before: notBefore.toISOString() }),
      ...(notAfter && { not_after: notAfter.toISOString() }),
      ...(order.plan.window && { window: order.plan.window }),
    },
    retry: retry && { max_attempts: retry.maxAttempts, on: retry.on, delays: retry.delaysSeconds },
    voicemail: order.plan.voicemail ?? null,
    pacing: {
      max_calls: pacing.maxCalls,
      ...(pacing.callsPerMinute !== undefined && { calls_per_minute: pacing.callsPerMinute }),
      ...(pacing.maxConversations !== undefined && { max_conversations: pacing.maxConversations }),
    },
    breaker: {
      calls: breaker.calls,
      min_calls: breaker.minCalls,
      max_failed_share: breaker.maxFailedShare,
      max_opt_out_share: breaker.maxOptOutShare,
      max_short_share: breaker.maxShortShare,
      short_seconds: breaker.shortSeconds,
    },
    max_spend_usd: campaign.maxSpendUsd,
    spent_usd: campaign.spentUsd,
    created_at: campaign.createdAt.toISOString(),
    started_at: campaign.startedAt?.toISOString() ?? null,
    ended_at: campaign.endedAt?.toISOString() ?? null,
  };
}

export function campaignDetailJson(
  campaign: Campaign,
  { recipients, outcomes: ends, calls, answered, optedOut }: CampaignProgress,
  origin: string,
): z.infer<typeof campaignDetailSchema> {
  const progress = { recipients, outcomes: ends as Record<Outcome, number>, calls, answered, opted_out: optedOut };
  return { ...campaignJson(campaign, origin), progress };
}

export function additionJson({ added, duplicates, rejected, rejections }: Addition): z.infer<typeof additionSchema> {
  return { added, duplicates, rejected, rejections: rejections.map(({ where, reason }) => ({ line: where, reason })) };
}

export function recipientJson(recipient: RecipientResult): z.infer<typeof recipientSchema> {
  const { phoneNumber, leadId, state, dueAt, callId, costUsd, result } = recipient;
  const { position, variables, attempts, outcome, reason } = recipient;
  return {
    position,
    phone_number: phoneNumber,
    lead_id: leadId,
    variables,
    status: state,
    attempts,
    due_at: dueAt.toISOString(),
    outcome,
    reason,
    call_id: callId,
    cost_usd: costUsd,
    result: result?.values ?? null,
  };
}

const mostForecast = 10_000;

export function forecastJson({
  entries,
  callSeconds,
  callsAtOnce,
  measured,
}: Forecast): z.infer<typeof forecastSchema> {
  const times = entries.flatMap(({ at }) => at ?? []).toSorted((a, b) => a.getTime() - b.getTime());
  return {
    calls: times.length,
    skipped: entries.length - times.length,
    first_at: times[0]?.toISOString() ?? null,
    last_at: times.at(-1)?.toISOString() ?? null,
    call_seconds: callSeconds,
    measured,
    calls_at_once: callsAtOnce,
    recipients: entries.slice(0, mostForecast).map((entry) => ({
      position: entry.position,
      phone_number: entry.phoneNumber,
      at: entry.at?.toISOString() ?? null,
      rule: entry.at === null ? entry.rule : null,
      reason: entry.at === null ? entry.reason : null,
    })),
  };
}
