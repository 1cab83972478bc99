import type { Agent } from './agent.ts';
import { isOpen } from './hours.ts';
import { rememberedVariables } from './remembers.ts';

/** Variables that every call has without anybody giving them. An agent or a call that gives one itself means its own. */
export const builtInVariables = [
  'now',
  'today',
  'weekday',
  'timezone',
  'caller_number',
  'called_number',
  'call_id',
] as const;

type OfCall = { id: string; direction: string; phoneNumber: string | null; fromNumber: string | null };

/**
 * Their values, in the words of the agent's language and by the clock of its timezone (the host's, where it names none).
 * The time is that at which the call began; a number that is not known is empty.
 */
export function builtInValues(
  { language, timezone }: { language: string; timezone?: string | undefined },
  call: OfCall,
  at: Date,
): Record<(typeof builtInVariables)[number], string> {
  const timeZone = timezone ?? hostTimezone();
  const written = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { timeZone, ...options }).format(at).replaceAll('\u202f', ' ');
  const inbound = call.direction === 'inbound';
  return {
    now: written({ timeStyle: 'short' }),
    today: written({ dateStyle: 'long' }),
    weekday: written({ weekday: 'long' }),
    timezone: timeZone,
    caller_number: (inbound ? call.phoneNumber : call.fromNumber) ?? '',
    called_number: (inbound ? call.fromNumber : call.phoneNumber) ?? '',
    call_id: call.id,
  };
}

/** Variables that an agent with `hours` has besides. */
export const openingVariables = ['open_now'] as const;

/** `open_now` is `yes` or `no`; nothing where the agent has no hours. */
export function openingValues(
  { hours, timezone }: Pick<Agent, 'hours' | 'timezone'>,
  at: Date,
): Partial<Record<(typeof openingVariables)[number], string>> {
  return hours ? { open_now: isOpen(hours, at, timezone ?? hostTimezone()) ? 'yes' : 'no' } : {};
}

function hostTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The values of `{{…}}` in a call: those it was given, over the agent's own. */
export function variablesOf(
  agent: Pick<Agent, 'language' | 'timezone' | 'variables' | 'hours' | 'remembers' | 'result'>,
  call: OfCall & { variables: Record<string, string> },
  at: Date = new Date(),
): Record<string, string> {
  const defaults = Object.entries(agent.variables).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    ...builtInValues(agent, call, at),
    ...openingValues(agent, at),
    // What is remembered comes with the call; nothing is, else.
    ...Object.fromEntries(rememberedVariables(agent).map((name) => [name, ''])),
    ...Object.fromEntries(defaults),
    ...call.variables,
  };
}
