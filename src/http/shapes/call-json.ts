import { z } from '@hono/zod-openapi';
import type { Call, CallEvent, CallLimits } from '../../calls/call.ts';
import { callEventTypes, expectationKinds, turnEnds } from '../../calls/call.ts';
import { callStates, hungUpBy, outcomes } from '../../calls/call-state.ts';
import { type EndReason, endReasons } from '../../calls/end/end-reason.ts';
import { eventData } from '../../calls/webhooks/event-data.ts';
import { finalReport, messageJson, type ReportParts } from '../../calls/end/final-report.ts';
import { type LatencyField, latencyFields, latencyJson } from '../../calls/end/latency-json.ts';
import { latencySummary, type StageLatency } from '../../calls/end/latency-summary.ts';
import { recordingStates } from '../../calls/recordings/recording-ports.ts';
import { recordingJson } from '../../calls/recordings/recording-json.ts';
import { turnJson } from '../../calls/end/turn-json.ts';
import { resultOf, sentiments } from '../../calls/result/call-result.ts';

const instant = z.iso.datetime().openapi({ example: '2026-05-04T12:00:00.000Z' });
const record = z.record(z.string(), z.unknown());

export const callSchema = z
  .object({
    call_id: z.string().openapi({ example: 'call_01JTAVN8M3Q4Z6T0Y7W2K5X9BC' }),
    direction: z.enum(['outbound', 'inbound', 'web']),
    status: z.enum(callStates),
    status_url: z.string(),
    agent: z.string(),
    pipeline: z.string(),
    phone_number: z.string().nullable().describe('E.164 of the person called or calling; null for a browser.'),
    from_number: z.string().nullable(),
    lead_id: z.string().nullable(),
    variables: z.record(z.string(), z.string()),
    metadata: record,
    outcome: z.enum(outcomes).nullable(),
    end_reason: z.enum(Object.keys(endReasons) as [EndReason, ...EndReason[]]).nullable(),
    end_reason_text: z.string().nullable().describe('The end reason in words.'),
    fault: z.string().nullable().describe('Who is at fault for the end; `nobody` for an ordinary one.'),
    hung_up_by: z.enum(hungUpBy).nullable(),
    attempt: z.number().int(),
    created_at: instant,
    dialed_at: instant.nullable(),
    answered_at: instant.nullable(),
    ended_at: instant.nullable(),
    duration_ms: z.number().int().nullable().describe('From the answer to the end, milliseconds.'),
    cost_usd: z.string().describe('Exact decimal, USD.').openapi({ example: '0.0042' }),
  })
  .openapi('Call');

const perStage = <T extends z.ZodType>(schema: T) =>
  z.object(
    Object.fromEntries(latencyFields.map((field) => [field, schema.optional()])) as Record<
      LatencyField,
      z.ZodOptional<T>
    >,
  );

export const turnSchema = z
  .object({
    index: z.number().int(),
    role: z.enum(['caller', 'agent', 'supervisor']),
    text: z.string(),
    started_ms: z.number().describe('Milliseconds since the answer.'),
    ended_ms: z.number(),
    interrupted: z.boolean(),
    agent: z.string().optional().describe('Which agent spoke; only of what an agent said.'),
    latency: perStage(z.number()).optional().describe('Where the time of this answer went, milliseconds.'),
    ending: z
      .object({
        by: z
          .enum(turnEnds)
          .describe(
            'What ended it: what was asked for was said, the model took it for over, or it was silent long enough.',
          ),
        silence_ms: z.number().int().describe("From the caller's last sound to the decision."),
        expected: z.enum(expectationKinds).describe('What the agent had asked for.'),
        probability: z.number().optional().describe('That the caller had finished, 0 to 1, as the model said.'),
        noise_floor_dbfs: z.number().optional().describe("Noise of the caller's line, dB below full scale."),
        cut_off: z.boolean().optional().describe('The caller talked on within two seconds.'),
        talked_on_ms: z.number().int().optional().describe('Time after the decision, milliseconds.'),
      })
      .optional()
      .describe("How the end of this turn of the caller's was found."),
  })
  .openapi('Turn');

const fieldResult = z.object({
  type: z.enum(['text', 'number', 'yes_no', 'date', 'time', 'choice', 'list', 'json']),
  said: z.boolean().describe('False: it was not said, and `value` is null.'),
  value: z.unknown(),
  turn: z.number().int().nullable().describe('Index of the turn it rests on.'),
  quote: z.string().nullable().describe("That turn's words."),
});

export const callResultSchema = z
  .object({
    status: z.enum(['done', 'failed']),
    by: z.enum(['model', 'script', 'nobody']).describe('Who filled it; `nobody` where the other person said nothing.'),
    provider: z.string().nullable(),
    model: z.string().nullable(),
    agent_version: z.string().nullable(),
    analyzed_at: instant,
    fields: z.record(z.string(), fieldResult),
    values: record.describe('The values of the fields alone; null where one was not said.'),
    summary: z.string().nullable(),
    success: z.boolean().nullable(),
    success_reason: z.string().nullable(),
    sentiment: z.enum(sentiments).nullable(),
    refused: z.array(z.string()).describe('What the model answered in a way that does not fit; it counts as not said.'),
    error: z.string().nullable(),
  })
  .openapi('CallResult');

export const callDetailSchema = callSchema
  .extend({
    playbook: z.string().nullable(),
    limits: z.object({
      ring_seconds: z.number().optional(),
      max_minutes: z.number().optional(),
      silence_seconds: z.number().optional(),
      max_cost_usd: z.number().optional(),
    }),
    turns: z.array(turnSchema),
    costs: z.array(
      z.object({
        component: z.enum(['stt', 'llm', 'tts', 'telephony']),
        provider: z.string(),
        model: z.string(),
        quantity: z.number(),
        unit: z.string(),
        usd: z.string().describe('Exact decimal, USD.'),
        source: z
          .enum(['provider', 'list', 'none'])
          .describe('Who told the price: the provider, the price list, or nobody as it is free.'),
        lost: z
          .literal(true)
          .optional()
          .describe('Of requests whose answer was not heard, because another one for the same spoke first.'),
      }),
    ),
    latency: perStage(
      z.object({
        n: z.number().int(),
        min: z.number(),
        p50: z.number(),
        p90: z.number(),
        p95: z.number(),
        max: z.number(),
      }),
    ).describe('Per stage over all turns, milliseconds.'),
    messages: z
      .array(
        z.object({
          message_id: z.string(),
          caller_name: z.string().nullable(),
          phone_number: z.string().nullable().describe('As the caller said it.'),
          text: z.string(),
          created_at: instant,
        }),
      )
      .describe('What the caller asked the agent to pass on.'),
    recordings: z
      .array(
        z.object({
          recording_id: z.string(),
          path: z.string().describe('Where it can be heard, under the address of the API.'),
          status: z.enum(recordingStates),
          started_ms: z.number().int().describe('Milliseconds from the answer to its beginning.'),
          duration_ms: z.number().int().nullable(),
          bytes: z.number().int().nullable(),
        }),
      )
      .describe('What was said as sound: one, or more where a process died or a disk was full.'),
    result: callResultSchema
      .nullable()
      .describe(
        "What the agent's `result:` asks for; null until it is found out. The words in it are the caller's: no instructions.",
      ),
    report: record
      .nullable()
      .describe('The final report, as `call.ended` sends it to webhooks; null until the call has ended.'),
  })
  .openapi('CallDetail');

export const eventSchema = z
  .object({
    call_id: z.string(),
    sequence: z.number().int().describe('Rises by one per call.'),
    type: z.enum(callEventTypes),
    at: instant,
    data: record,
  })
  .openapi('CallEvent');

/** `origin` is the address under which others reach the API. */
export function callJson(call: Call, origin: string): z.infer<typeof callSchema> {
  const reason = call.endReason && endReasons[call.endReason];
  return {
    call_id: call.id,
    direction: call.direction,
    status: call.state,
    status_url: `${origin}/api/calls/${call.id}`,
    agent: call.agent,
    pipeline: call.pipeline,
    phone_number: call.phoneNumber,
    from_number: call.fromNumber,
    lead_id: call.leadId,
    variables: call.variables,
    metadata: call.metadata,
    outcome: call.outcome,
    end_reason: call.endReason,
    end_reason_text: reason?.says ?? null,
    fault: reason?.fault ?? null,
    hung_up_by: call.hungUpBy,
    attempt: call.attempt,
    created_at: call.createdAt.toISOString(),
    dialed_at: call.dialedAt?.toISOString() ?? null,
    answered_at: call.answeredAt?.toISOString() ?? null,
    ended_at: call.endedAt?.toISOString() ?? null,
    duration_ms: call.answeredAt && call.endedAt ? call.endedAt.getTime() - call.answeredAt.getTime() : null,
    cost_usd: call.costUsd,
  };
}

export function callDetailJson(call: Call, parts: ReportParts, origin: string): z.infer<typeof callDetailSchema> {
  return {
    ...callJson(call, origin),
    playbook: call.playbook,
    limits: limitsJson(call.limits),
    turns: parts.turns.map(turnJson),
    costs: parts.costs,
    latency: latencyJson<StageLatency>(latencySummary(parts.turns)),
    messages: parts.messages.map(messageJson),
    recordings: parts.recordings.map(recordingJson),
    result: resultOf(call),
    report: call.state === 'ended' ? finalReport(call, parts) : null,
  };
}

export function limitsJson({ ringSeconds, maxMinutes, silenceSeconds, maxCostUsd }: CallLimits) {
  return {
    ...(ringSeconds !== undefined && { ring_seconds: ringSeconds }),
    ...(maxMinutes !== undefined && { max_minutes: maxMinutes }),
    ...(silenceSeconds !== undefined && { silence_seconds: silenceSeconds }),
    ...(maxCostUsd !== undefined && { max_cost_usd: maxCostUsd }),
  };
}

export function eventJson(event: CallEvent): z.infer<typeof eventSchema> {
  const { callId, sequence, type, at, data } = event;
  return { call_id: callId, sequence, type, at: at.toISOString(), data: eventData({ type, data }) };
}
