import type { CompiledScript, Task } from '../compile-script.ts';
import type { Slot } from '../reading/read-slot.ts';
import type { ActiveTask, Talk } from './talk.ts';

export const askedSlot = (task: Task, { awaiting }: ActiveTask): Slot | undefined =>
  typeof awaiting === 'object' ? task.slots.find(({ id }) => id === awaiting.slot) : undefined;

/** What the agent is waiting for, said again: after an interruption, a digression or a new start. */
export function pending(compiled: CompiledScript, talk: Talk): string[] {
  const { script, say } = compiled;
  const active = talk.task;
  const task = active && compiled.tasks.get(active.id);
  if (active && task) {
    if (typeof active.awaiting === 'object') return [say(askedSlot(task, active)?.ask ?? '')];
    if (active.awaiting === 'change') return [say(script.phrases.what_to_change)];
    if (active.awaiting === 'retry') return [say(script.phrases.failed)];
    return [say(task.confirm ?? script.anything_else, { task, values: active.values })];
  }
  if (talk.offered) return [say(script.unknown)];
  return [say(talk.closing ? script.anything_else : script.phrases.go_ahead)];
}
