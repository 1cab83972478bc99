import { isToolOutcome, type Script, type SlotSaid, slotsSaid, type TranscriptItem } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import { variablesOf } from '../../agent-files/built-in-variables.ts';
import { type ResultField, type ResultSettings, resultFields, valueOf } from '../../agent-files/result.ts';
import type { Call, CallEvent, Turn } from '../call.ts';
import { type FieldResult, type Findings, notSaid, nothingFound, saidIn } from './call-result.ts';

/**
 * What the slots of the agent's script make of a call, with no model: a field is filled by the slot that it names, else by one of its
 * own name. A call is a success when a task of the script was finished. Nothing is summed up.
 */
export function scriptFindings(about: {
  script: Script;
  agent: Agent;
  settings: ResultSettings;
  call: Call;
  turns: readonly Turn[];
  events: readonly CallEvent[];
}): Findings {
  const { script, agent, settings, call, turns, events } = about;
  const fields = resultFields(settings);
  const items = transcriptOf(turns, events);
  const { said, finished } = slotsSaid({
    script,
    variables: variablesOf(agent, call, call.answeredAt ?? call.createdAt),
    transcript: items.map(({ item }) => item),
    callNumber: call.phoneNumber ?? undefined,
  });
  return {
    ...nothingFound(fields),
    fields: Object.fromEntries(fields.map((field) => [field.name, filled(field, said, items)])),
    success: settings.success === undefined ? null : finished.length > 0,
  };
}

type Item = { item: TranscriptItem; turn?: Turn; atMs: number };

function filled(field: ResultField, said: readonly SlotSaid[], items: readonly Item[]): FieldResult {
  const slot = said.findLast(({ task, slot: id }) => (field.slot ? field.slot === `${task}.${id}` : id === field.name));
  const turn = slot && items[slot.at]?.turn;
  if (!slot || !turn) return notSaid(field);
  const value = valueOf(field).safeParse(slot.value);
  return value.success ? saidIn(field, value.data, turn) : notSaid(field);
}

/** Both sides' words, and the tools that ran between them, in order of time. */
function transcriptOf(turns: readonly Turn[], events: readonly CallEvent[]): Item[] {
  const spoken = turns.map((turn): Item => {
    const { role, text, interrupted, startedMs } = turn;
    const item = role === 'caller' ? { type: role, text } : { type: 'agent' as const, text, interrupted };
    return { item, turn, atMs: startedMs };
  });
  const tools = events.flatMap(({ type, data }): Item[] => {
    const { name, ok, outcome, atMs } = data;
    if (type !== 'tool.called' || typeof name !== 'string' || typeof atMs !== 'number') return [];
    return [
      { item: { type: 'call', tool: name }, atMs },
      {
        item: {
          type: 'result',
          tool: name,
          outcome: isToolOutcome(outcome) ? outcome : ok === false ? 'failed' : 'done',
        },
        atMs,
      },
    ];
  });
  return [...spoken, ...tools].toSorted((a, b) => a.atMs - b.atMs);
}
