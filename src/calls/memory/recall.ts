import type { Agent } from '../../agent-files/agent.ts';
import { resultFields } from '../../agent-files/result.ts';
import type { Call } from '../call.ts';
import type { CallStore } from '../ports.ts';
import { type CallResult, resultOf } from '../result/call-result.ts';

/** What earlier calls of a number left: variables, and the calls that they come from. */
export type Recalled = { variables: Record<string, string>; calls: string[] };

/** Calls that are looked at, newest first; many leave nothing. */
const mostLookedAt = 30;
const longestText = 2_000;
const longestValue = 300;
const dayMs = 86_400_000;

/**
 * Recalls the results of a number's earlier calls, where the agent's file says so. Nothing is kept for it besides the results
 * themselves: what is erased with its call is not remembered.
 */
export async function recall(
  { call, agent, now = new Date() }: { call: Call; agent: Agent; now?: Date },
  { calls }: { calls: Pick<CallStore, 'listCalls'> },
): Promise<Recalled | undefined> {
  const { remembers } = agent;
  if (!remembers) return undefined;
  const earlier = call.phoneNumber
    ? await earlierCalls({ call, phoneNumber: call.phoneNumber, now, days: remembers.days }, calls)
    : [];
  const known = earlier.slice(0, remembers.calls);
  const own = agent.result ? resultFields(agent.result).map(({ name }) => name) : [];
  const lastSaid = (name: string) =>
    known.map(({ result }) => valueOf(result, name)).find((value) => value !== '') ?? '';
  const texts = known.map(({ at, result }) => told(at, result, agent));
  return {
    variables: {
      remembered: texts.join('\n').slice(0, longestText).toWellFormed(),
      ...Object.fromEntries(own.map((name) => [`remembered_${name}`, lastSaid(name)])),
    },
    calls: known.map(({ id }) => id),
  };
}

type Earlier = { id: string; at: Date; result: CallResult };

async function earlierCalls(
  { call, phoneNumber, now, days }: { call: Call; phoneNumber: string; now: Date; days: number },
  calls: Pick<CallStore, 'listCalls'>,
): Promise<Earlier[]> {
  const { calls: found } = await calls.listCalls({
    tenantId: call.tenantId,
    phoneNumber,
    states: ['ended'],
    createdAfter: new Date(now.getTime() - days * dayMs),
    limit: mostLookedAt,
  });
  return found.flatMap((each): Earlier[] => {
    const result = resultOf(each);
    return each.id !== call.id && result?.status === 'done' ? [{ id: each.id, at: each.createdAt, result }] : [];
  });
}

function told(at: Date, result: CallResult, { language, timezone }: Agent): string {
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', ...(timezone && { timeZone: timezone }) }).format(
    at,
  );
  const fields = Object.keys(result.fields).flatMap((name) => {
    const value = valueOf(result, name);
    return value === '' ? [] : [`${name}: ${value}`];
  });
  const said = [result.summary ?? '', fields.join('; ')].filter(Boolean).join(' ');
  return `${day}: ${said || 'nothing that was asked for was said'}`;
}

function valueOf(result: CallResult, name: string): string {
  const field = result.fields[name];
  if (!field?.said || field.value === null || field.value === undefined) return '';
  const { value } = field;
  const text =
    typeof value === 'boolean' ? (value ? 'yes' : 'no') : typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, longestValue).toWellFormed();
}
