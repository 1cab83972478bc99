import type { Call, CallEvent, CostLine, Turn } from '../call.ts';
import { endReasons } from './end-reason.ts';
import { eventData } from '../webhooks/event-data.ts';
import { latencyJson } from './latency-json.ts';
import { latencySummary, type StageLatency } from './latency-summary.ts';
import { recordingJson } from '../recordings/recording-json.ts';
import type { Recording, RecordingStore } from '../recordings/recording-ports.ts';
import type { CallAttempt, CallMessage, CallStore, MessageStore } from '../ports.ts';
import { resultOf } from '../result/call-result.ts';
import { type TurnJson, turnJson } from './turn-json.ts';
import { usdText, usdUnits } from '../usd.ts';

export type ReportDependencies = {
  calls: Pick<CallStore, 'listTurns' | 'listCosts' | 'listAttempts' | 'listEvents'>;
  messages: Pick<MessageStore, 'listMessages'>;
  recordings: Pick<RecordingStore, 'list'>;
};

/** What a report is made of. */
export type ReportParts = {
  turns: Turn[];
  costs: CostLine[];
  attempts: CallAttempt[];
  messages: CallMessage[];
  events: CallEvent[];
  recordings: Recording[];
};

/** Reads what a report is made of. */
export async function reportParts(callId: string, deps: ReportDependencies): Promise<ReportParts> {
  const { calls, messages } = deps;
  const [turns, costs, attempts, left, events, recordings] = await Promise.all([
    calls.listTurns(callId),
    calls.listCosts(callId),
    calls.listAttempts(callId),
    messages.listMessages(callId),
    calls.listEvents(callId),
    deps.recordings.list(callId),
  ]);
  return { turns, costs, attempts, messages: left, events, recordings };
}

/**
 * All there is to tell of a call, as its stores have it now: what its process recorded while it ran counts, so a call whose
 * process died has a report too. The public JSON: snake_case, times in ISO 8601, money as exact decimal text in USD.
 */
export function finalReport(call: Call, parts: ReportParts): Record<string, unknown> {
  const { turns, costs, attempts, messages, events, recordings } = parts;
  return {
    ...theCall(call),
    ...theEnd(call),
    attempts: attempts.map(attemptJson),
    transcript: turns.map((turn) => spoken(turnJson(turn))),
    latency: latencyJson<StageLatency>(latencySummary(turns)),
    tool_calls: events.flatMap(({ type, data }) =>
      type === 'tool.called' && data['name'] ? [eventData({ type, data })] : [],
    ),
    knowledge: events.flatMap(({ type, data }) =>
      type === 'knowledge.searched' && data['sources'] ? [eventData({ type, data })] : [],
    ),
    messages: messages.map(messageJson),
    recordings: recordings.map(recordingJson),
    result: resultOf(call),
    ...costJson(costs, call.costUsd),
  };
}

function theCall(call: Call) {
  const { agent_version, providers, greeting_ms } = call.report ?? {};
  return {
    call_id: call.id,
    direction: call.direction,
    agent: call.agent,
    ...(agent_version !== undefined && { agent_version }),
    pipeline: call.pipeline,
    ...(providers !== undefined && { providers }),
    phone_number: call.phoneNumber,
    from_number: call.fromNumber,
    lead_id: call.leadId,
    variables: call.variables,
    metadata: call.metadata,
    ...(greeting_ms !== undefined && { greeting_ms }),
  };
}

function theEnd(call: Call) {
  const { createdAt, dialedAt, answeredAt, endedAt } = call;
  const reason = call.endReason && endReasons[call.endReason];
  return {
    outcome: call.outcome,
    end_reason: call.endReason,
    end_reason_text: reason?.says ?? null,
    fault: reason?.fault ?? null,
    hung_up_by: call.hungUpBy,
    created_at: createdAt.toISOString(),
    dialed_at: instant(dialedAt),
    answered_at: instant(answeredAt),
    ended_at: instant(endedAt),
    wait_ms: between(createdAt, dialedAt ?? answeredAt ?? endedAt),
    ring_ms: between(dialedAt, answeredAt ?? endedAt),
    duration_ms: between(answeredAt, endedAt),
  };
}

function attemptJson({ attempt, dialedAt, answeredAt, endedAt, outcome, endReason, sipStatus }: CallAttempt) {
  return {
    attempt,
    dialed_at: dialedAt.toISOString(),
    answered_at: instant(answeredAt),
    ended_at: instant(endedAt),
    outcome,
    end_reason: endReason,
    sip_status: sipStatus,
  };
}

function spoken({ index: _index, ...rest }: TurnJson) {
  return rest;
}

/** A message under its public names. */
export function messageJson({ id, callerName, phoneNumber, text, createdAt }: CallMessage) {
  return {
    message_id: id,
    caller_name: callerName,
    phone_number: phoneNumber,
    text,
    created_at: createdAt.toISOString(),
  };
}

function costJson(costs: readonly CostLine[], total: string) {
  const components = new Map<CostLine['component'], bigint>();
  for (const { component, usd } of costs) components.set(component, (components.get(component) ?? 0n) + usdUnits(usd));
  return {
    costs,
    cost_by_component_usd: Object.fromEntries([...components].map(([component, units]) => [component, usdText(units)])),
    cost_usd: total,
  };
}

function instant(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}

function between(from: Date | null, to: Date | null): number | null {
  return from && to ? Math.max(0, to.getTime() - from.getTime()) : null;
}
