import { collectAnswer } from './collect-answer.ts';
import type { CompiledScript, Task } from '../compile-script.ts';
import { readAnswer, type Slot } from '../reading/read-slot.ts';
import { leave } from './run-task.ts';
import { type ActiveTask, type Move, resumed, type Talk } from './talk.ts';
import type { Heard } from '../reading/understand.ts';
import { passOn, worthPassingOn } from '../worth-passing-on.ts';

/**
 * The caller says goodbye. What they told so far is passed on; where nobody could call back, the number is asked for once,
 * unless the call has one.
 */
export function takeLeave(compiled: CompiledScript, before: Talk, heard: Heard, slot: Slot | undefined): Move {
  const talk = before.task ? before : resumed(before);
  const active = talk.task;
  const task = active && compiled.tasks.get(active.id);
  if (!active || !task?.tool) return leave(compiled, talk);
  const closed = slot && ['yes_no', 'choice', 'number'].includes(slot.kind);
  if (slot && closed && readAnswer(slot, heard.utterance) !== undefined) {
    return collectAnswer({ compiled, talk, active: { ...active, leaving: true }, task, slot, heard });
  }
  return worthPassingOn(task, active.values) ? lastWords(compiled, talk, active, task) : leave(compiled, talk);
}

function lastWords(compiled: CompiledScript, talk: Talk, active: ActiveTask, task: Task): Move {
  const { script, say, reaches } = compiled;
  const { phrases } = script;
  const missing = task.slots.find(({ id, kind }) => kind === 'phone' && !(id in active.values));
  if (!missing || active.leaving) return passOn(compiled, talk, { ...active, leaving: true });
  if (reaches.callNumber) {
    const values = { ...active.values, [missing.id]: say(phrases.this_number) };
    return passOn(compiled, talk, { ...active, values, leaving: true }, [say(phrases.uses_this_number)]);
  }
  const next = { ...active, awaiting: { slot: missing.id }, leaving: true, misses: 0 };
  const question = active.digits === '' ? missing.ask : phrases.go_on;
  return { talk: { ...talk, task: next }, say: [say(phrases.before_you_go), say(question)] };
}
