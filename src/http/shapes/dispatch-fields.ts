import { z } from '@hono/zod-openapi';
import { type CallEventType, callEventTypes } from '../../calls/call.ts';
import { type CallPlan, retryableOutcomes } from '../../calls/place/call-plan.ts';
import { isTimezone, nextOpening, weekdays } from '../../calls/admission/calling-window.ts';
import { voicemailActions } from '../../calls/place/voicemail.ts';
import { leadFields } from './lead-fields.ts';
import { callLimits, metadata, pipelineChoice, playbook, variables } from './request-fields.ts';
import { strict } from '../route.ts';

const daySeconds = 24 * 3600;
/** No plan reaches further into the future. */
const longestPlanDays = 366;

const moment = z.iso
  .datetime({ offset: true, error: 'Send a time in ISO 8601 with its offset, such as 2026-05-04T12:00:00Z' })
  .transform((text) => new Date(text))
  .refine((at) => at.getTime() < Date.now() + longestPlanDays * daySeconds * 1000, {
    error: 'Send a time within the next year',
  })
  .openapi({ type: 'string', format: 'date-time' });

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Send a time of day such as 09:00')
  .openapi({ example: '09:00' });

const window = strict({
  start: clockTime,
  end: clockTime.describe('Exclusive. At or before `start` it is on the next day.'),
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .max(7)
    .default([...weekdays])
    .describe('Days on which it opens.'),
  timezone: z
    .string()
    .max(64)
    .refine(isTimezone, { error: 'Send an IANA timezone, such as America/New_York' })
    .openapi({ example: 'America/New_York' }),
});

const schedule = strict({
  not_before: moment.optional().describe('Not dialled earlier.'),
  not_after: moment.optional().describe('Not dialled later; a call that still waits then is canceled.'),
  window: window.optional().describe('Hours in which the phone may ring.'),
}).superRefine(({ not_before, not_after, window }, context) => {
  // Fields that are wrong by themselves have not become what their types say.
  if (context.issues.length > 0) return;
  const from = new Date(Math.max(not_before?.getTime() ?? 0, Date.now()));
  const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  if (not_after && not_after.getTime() <= Date.now())
    refuse('not_after', 'It is in the past. Send a time in the future, or leave it out');
  else if (not_after && not_before && not_after <= not_before)
    refuse('not_after', 'It is not after `not_before`. Send a later time');
  else if (not_after && window && (nextOpening(window, from) ?? not_after) >= not_after)
    refuse('window', 'It does not open before `not_after`. Send other hours or a later `not_after`');
});

const retry = strict({
  max_attempts: z.number().int().min(1).max(10).default(3).describe('With the first one.'),
  on: z
    .array(z.enum(retryableOutcomes))
    .min(1)
    .default(['busy', 'no_answer'])
    .describe('Outcomes after which it is tried again. A call that somebody answered never is.'),
  delays: z
    .array(
      z
        .number()
        .int()
        .min(10)
        .max(7 * daySeconds),
    )
    .min(1)
    .max(10)
    .default([300, 900, 3600])
    .describe('Seconds before the second, third … attempt; the last is repeated.'),
});

const voicemail = strict({
  action: z
    .enum(voicemailActions)
    .describe('When a machine answers: hang up, leave the message after its beep, or speak on as to a person.'),
  message: z
    .string()
    .trim()
    .min(1)
    .max(2000)
    .optional()
    .describe('What is left; may hold {{variables}}. Without it the one of the agent.'),
}).describe('Without it the agent decides.');

export const webAddress = z
  .string()
  .max(2000)
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text) && !new URL(text).username, {
    error: 'Send a full address, such as https://hooks.example.com/calls, without a user name',
  })
  .openapi({ example: 'https://hooks.example.com/calls' });

/** What webhooks may carry; turns are for the live stream only. */
export const webhookEventTypes = callEventTypes.filter(
  (type) => type.startsWith('call.') && type !== 'call.state',
) as Exclude<Extract<CallEventType, `call.${string}`>, 'call.state'>[];

/** Everything that one dispatch may say. */
export const dispatchFields = strict({
  to: z.string().min(1).max(32).openapi({ example: '+15551234567' }).describe('Number to call, E.164.'),
  agent: z.string().min(1).max(100).openapi({ example: 'reminder' }).describe('Name of the agent that speaks.'),
  from: z.string().min(1).max(32).optional().describe('Number shown to the person called; one of the trunk.'),
  trunk_id: z
    .string()
    .regex(/^ST_[A-Za-z0-9]+$/, 'Send a LiveKit trunk id, which starts with ST_; GET /api/trunks lists them')
    .max(64)
    .optional()
    .describe('Outbound trunk; else SIP_TRUNK_ID.'),
  playbook: playbook.optional(),
  variables: variables.default({}),
  pipeline: pipelineChoice.optional(),
  metadata: metadata.default({}),
  lead: z
    .union([z.string().min(1).max(64), leadFields], {
      error: 'Send the id of a lead, or {email, name, phone_number, company, data}',
    })
    .optional()
    .describe('The id of a lead, or a lead to create or update.'),
  schedule: schedule.default({}),
  retry: retry.optional().describe('Without it the phone is dialled once.'),
  voicemail: voicemail.optional(),
  limits: callLimits.default({}),
  webhook: strict({
    url: webAddress,
    events: z.array(z.enum(webhookEventTypes)).min(1).default(webhookEventTypes),
  })
    .optional()
    .describe("Where this call's events go, besides the tenant's own webhooks."),
  resume_url: webAddress.optional().describe('Gets the final report as a POST; made for the Wait step of a workflow.'),
  dry_run: z.boolean().default(false).describe('Make every check and say what would happen; nothing is written.'),
}).openapi('Dispatch');

export type DispatchBody = z.output<typeof dispatchFields>;

/** Under which a repetition of the same request places no second call. */
export const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, 'Send 1–255 visible ASCII characters')
  .openapi({ example: 'order-4711-reminder' });

export function planOf({
  schedule,
  retry,
  voicemail,
}: Pick<DispatchBody, 'schedule' | 'retry' | 'voicemail'>): CallPlan {
  const { not_after: notAfter, window } = schedule;
  return {
    ...(notAfter && { notAfter }),
    ...(window && { window }),
    ...(retry && { retry: { maxAttempts: retry.max_attempts, on: retry.on, delaysSeconds: retry.delays } }),
    ...(voicemail && { voicemail }),
  };
}
