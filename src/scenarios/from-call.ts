import { Document } from 'yaml';
import type { Call, CallEvent, Turn } from '../calls/call.ts';

/** What a call left in the database. */
export type KeptCall = { call: Call; turns: readonly Turn[]; events: readonly CallEvent[] };

/** What the agent says at once is little to hold it to; of longer words the first sentence is expected. */
const longestPhrase = 80;

/**
 * A file with one scenario that repeats a call that happened: the caller says the same, at the same moments where they spoke over the
 * agent, and the agent is expected to say, do and end as it did. Words of a model differ from time to time; its sentences are there
 * to be loosened by whoever keeps the file.
 */
export function scenarioFromCall({ call, turns, events }: KeptCall): string {
  const tools = events.filter(({ type }) => type === 'tool.called');
  const steps = turns.flatMap((turn, index) => (turn.role === 'caller' ? [stepOf(turn, index, turns, tools)] : []));
  if (call.endReason === 'caller_hung_up') steps.push({ hang_up: true });
  const document = new Document({
    agent: call.agent,
    scenarios: [
      {
        name: `as in ${call.id}`,
        call: {
          direction: call.direction,
          at: call.createdAt.toISOString(),
          ...(Object.keys(call.variables).length > 0 && { variables: call.variables }),
          ...(call.playbook !== null && { playbook: call.playbook }),
        },
        steps,
        expect: { ...(call.endReason && { end_reason: call.endReason }) },
      },
    ],
  });
  document.commentBefore = ` The call ${call.id}. It holds what its caller said: take out what is nobody's business.`;
  return document.toString({ lineWidth: 120 });
}

function stepOf(
  turn: Turn,
  index: number,
  turns: readonly Turn[],
  tools: readonly CallEvent[],
): Record<string, unknown> {
  const before = turns[index - 1];
  const bargeIn = before?.role === 'agent' && before.interrupted;
  const next = turns.findIndex(({ role }, at) => at > index && role === 'caller');
  const answers = turns.slice(index + 1, next < 0 ? undefined : next).filter(({ role }) => role === 'agent');
  const until = turns[next]?.endedMs ?? Number.POSITIVE_INFINITY;
  const called = tools.filter(({ data }) => {
    const at = Number(data['atMs']);
    return at >= turn.endedMs && at < until;
  });
  const heard = answers.filter(({ interrupted }) => !interrupted).map(({ text }) => phraseOf(text));
  const expect = {
    ...(heard.length > 0 && { heard: heard.length === 1 ? heard[0] : heard }),
    ...(called.length > 0 && { tools: called.map(({ data }) => ({ name: data['name'], ...argumentsOf(data) })) }),
  };
  return {
    say: turn.text,
    ...(bargeIn && { barge_in_after_ms: Math.max(0, before.endedMs - before.startedMs) }),
    ...(Object.keys(expect).length > 0 && { expect }),
  };
}

function argumentsOf(data: Record<string, unknown>): Record<string, unknown> {
  const given = (data['arguments'] ?? {}) as Record<string, unknown>;
  return Object.keys(given).length > 0 ? { arguments: given } : {};
}

function phraseOf(text: string): string {
  if (text.length <= longestPhrase) return text;
  return /^.+?[.?!](?=\s)/s.exec(text)?.[0] ?? text;
}
