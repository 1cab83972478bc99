import { compileScript } from './compile-script.ts';
import type { Reaches } from './reaches.ts';
import type { SlotValue } from './reading/read-slot.ts';
import { type HistoryItem, replayed } from './replay.ts';
import type { Script } from './script.ts';
import type { Talk } from './turns/talk.ts';

/** A value that somebody gave in a call. */
export type SlotSaid = {
  task: string;
  slot: string;
  value: Exclude<SlotValue, null>;
  /** Index of the transcript's item with which it came to be as it is. */
  at: number;
};

/**
 * What the slots of a script held in the course of a call, each as it was last, in the order in which they were filled, and the tasks
 * that were finished.
 * @throws Error when a text of the script uses a name that is neither a variable nor a slot.
 */
export function slotsSaid(call: {
  script: Script;
  variables: Record<string, string>;
  transcript: readonly HistoryItem[];
  callNumber: string | undefined;
}): { said: SlotSaid[]; finished: string[] } {
  const reaches: Reaches = { transfers: [], callNumber: call.callNumber };
  const compiled = compileScript(call.script, call.variables, reaches);
  const said = new Map<string, SlotSaid>();
  let finished: string[] = [];
  for (const [at, { talk }] of replayed(compiled, call.transcript).entries()) {
    finished = Object.keys(talk.finished);
    for (const [task, values] of tasksOf(talk))
      for (const [slot, value] of Object.entries(values)) {
        const key = `${task}.${slot}`;
        if (value === said.get(key)?.value) continue;
        said.delete(key);
        if (value !== null) said.set(key, { task, slot, value, at });
      }
  }
  return { said: [...said.values()], finished };
}

function tasksOf({ task, suspended, finished }: Talk): [string, Readonly<Record<string, SlotValue>>][] {
  const open = [suspended, task].flatMap((each): [string, ActiveValues][] => (each ? [[each.id, each.values]] : []));
  return [...Object.entries(finished), ...open];
}

type ActiveValues = Readonly<Record<string, SlotValue>>;
