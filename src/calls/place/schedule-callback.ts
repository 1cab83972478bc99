import { phoneTimezones } from '../../../telephony/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import { isTimezone } from '../admission/calling-window.ts';
import type { IdempotencyStore } from '../admission/dispatch-ports.ts';
import type { Call } from '../call.ts';
import { CallError } from '../errors.ts';
import type { ToolOutcome } from '../tools/tool-outcome.ts';
import { readMoment } from './spoken-time/read-moment.ts';
import type { PlaceCallDependencies } from './place-call.ts';
import { placeOnce } from './place-once.ts';

export type CallbackRequest = {
  call: Call;
  /** The agent that schedules it. */
  agent: Agent;
  variables: Readonly<Record<string, string>>;
  /** When, as YYYY-MM-DD and HH:MM or as the caller said it, by the clock of the caller. */
  said: { day: string; time: string };
};

const leastAheadMs = 60_000;

/**
 * Places a call back to the person on the line, for a moment that they named by their own clock. It is a dispatch as any other: all
 * rules are asked now, and again when it is dialled. A time outside the operator's calling window is moved to its next opening, and
 * the answer says so. Rejects only where nothing was placed for a reason that may pass.
 */
export async function scheduleCallback(
  asked: CallbackRequest,
  deps: PlaceCallDependencies & { idempotency: IdempotencyStore; now?: () => Date },
): Promise<ToolOutcome> {
  const { call, agent, said } = asked;
  const now = deps.now?.() ?? new Date();
  if (!call.phoneNumber) return refused('This call has no number that could be called back. Offer to take a message.');
  const timezone = await timezoneOf(call.phoneNumber, agent.timezone);
  const at = readMoment(said, { now, timezone, language: agent.language });
  if (!at) return refused('The day or the time was not understood. Ask for both, such as tomorrow at three.');
  const days = agent.callback.within_days;
  if (at.getTime() < now.getTime() + leastAheadMs) return refused('That time has passed. Ask for a later one.');
  if (at.getTime() > now.getTime() + days * 86_400_000)
    return refused(`That is more than ${days} days from now. Ask for an earlier time.`);
  const target = deps.agents.get(agent.callback.agent ?? agent.name);
  if (!target) return refused('The agent that calls back is not there. Offer to take a message.');
  const names = Object.keys(target.variables);
  const variables = Object.fromEntries(Object.entries(asked.variables).filter(([name]) => names.includes(name)));
  let due = at;
  try {
    const { response } = await placeOnce(
      {
        request: {
          tenantId: call.tenantId,
          to: call.phoneNumber,
          agent: target.name,
          variables,
          metadata: { ...call.metadata, callback_of: call.id },
          ...(call.leadId && { lead: call.leadId }),
          notBefore: at,
          plan: {},
          limits: {},
          webhooks: [],
        },
        once: {
          // Whatever words it is asked for in, and by whichever run of the tool: for one moment a call is called back once.
          id: `callback:${call.id}:${at.toISOString()}`,
          requestHash: call.id,
          field: 'tool',
          conflict: 'Another callback has this key.',
        },
        answer: (callId, { call: planned }) => {
          due = planned.notBefore ?? at;
          return { status: 202, body: { call_id: callId, at: due.toISOString() } };
        },
      },
      deps,
    );
    const { call_id: callId, at: placedFor } = response.body as { call_id: string; at: string };
    due = new Date(placedFor);
    const moved = due.getTime() !== at.getTime();
    return {
      is: 'done',
      answer: { call_id: callId, when: spoken(due, agent.language, timezone), timezone, number: call.phoneNumber },
      ...(moved && {
        note: 'Nobody may be called at the time that was asked for, so it is this one: tell the caller.',
      }),
    };
  } catch (error) {
    if (!(error instanceof CallError) || error.code === 'idempotency_in_flight') throw error;
    return refused(`It was not scheduled: ${error.message} Offer to take a message.`);
  }
}

function refused(note: string): ToolOutcome {
  return { is: 'refused', note };
}

/** Where a phone may be in several zones, the agent's own counts if it is one of them. */
async function timezoneOf(number: string, own: string | undefined): Promise<string> {
  const zones = (await phoneTimezones(number)).filter(isTimezone);
  if (own !== undefined && (zones.length === 0 || zones.includes(own))) return own;
  return zones[0] ?? 'UTC';
}

function spoken(at: Date, language: string, timeZone: string): string {
  const options = { weekday: 'long', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat(language, { ...options, timeZone }).format(at).replaceAll('\u202f', ' ');
}
