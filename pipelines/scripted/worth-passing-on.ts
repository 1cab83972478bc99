import type { CompiledScript, Task, Values } from './compile-script.ts';
import { runTool } from './turns/run-task.ts';
import type { ActiveTask, Move, Talk } from './turns/talk.ts';

/**
 * Whether anybody could do something with what was told so far. Why the agent called is known without an answer: that
 * the appointment does not suit is worth telling, though no other day was named.
 */
export function worthPassingOn(task: Task, values: Values): boolean {
  const told = task.slots.some(({ id, leads_to: leadsTo }) => !leadsTo && (values[id] ?? null) !== null);
  const needsNumber = task.slots.some(({ kind }) => kind === 'phone');
  return told || (task.args !== undefined && !task.opens && !needsNumber && task.slots.length > 0);
}

/** Runs the task's tool with what is known; the rest counts as not given. */
export function passOn(compiled: CompiledScript, talk: Talk, active: ActiveTask, said: string[] = []): Move {
  const slots = compiled.tasks.get(active.id)?.slots ?? [];
  const values = Object.fromEntries(slots.map(({ id }) => [id, active.values[id] ?? null]));
  return runTool(compiled, talk, { ...active, values }, said);
}
