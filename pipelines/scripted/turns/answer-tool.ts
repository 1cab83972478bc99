import type { CompiledScript, Task } from '../compile-script.ts';
import { pending } from './pending.ts';
import { close, doneText, failed, finish } from './run-task.ts';
import { type ActiveTask, idle, type Move, type Talk } from './talk.ts';
import type { ToolResult } from '../tool-answer.ts';
import { reachPerson } from './way-out.ts';

type Answered = ToolResult & { tool: string };

/** What is said to the outcome of a tool. */
export function answerTool(compiled: CompiledScript, talk: Talk, result: Answered): Move {
  const active = talk.task;
  const task = active && compiled.tasks.get(active.id);
  if (active && task?.tool === result.tool && active.awaiting === 'running')
    return answerTask({ compiled, talk, active, task, result });
  const late = talk.waiting.find(({ id }) => compiled.tasks.get(id)?.tool === result.tool);
  if (late && result.outcome !== 'waiting') return answerLate(compiled, talk, late, result);
  if (result.tool === 'transfer-call' && result.outcome === 'failed') return reachPerson(compiled, talk, '');
  // What comes of a transfer is said by the transfer.
  return result.tool === 'end-call' || result.tool === 'transfer-call'
    ? { talk, say: [] }
    : { talk, say: pending(compiled, talk) };
}

type OfTask = { compiled: CompiledScript; talk: Talk; active: ActiveTask; task: Task; result: Answered };

function answerTask({ compiled, talk, active, task, result }: OfTask): Move {
  const { phrases } = compiled.script;
  switch (result.outcome) {
    case 'done':
      return finish(compiled, talk, [], result.answer);
    case 'refused':
      return task.refused ? refused({ compiled, talk, active, task, result }) : failed(compiled, talk);
    case 'failed':
      return failed(compiled, talk);
    case 'unknown':
      return close(compiled, idle(talk), [compiled.say(phrases.not_sure)]);
    case 'waiting':
      return close(compiled, { ...idle(talk), waiting: [...talk.waiting, active] }, [compiled.say(phrases.later)]);
  }
}

/** The server said no: says why, and asks anew for what stood in the way. */
function refused({ compiled, talk, active, task, result }: OfTask): Move {
  const { say: text = '', asks } = task.refused ?? {};
  const said = compiled.say(text, { task, values: active.values, answer: result.answer });
  if (asks === undefined || active.leaving) return close(compiled, idle(talk), [said]);
  const values = Object.fromEntries(Object.entries(active.values).filter(([id]) => id !== asks));
  return { talk: { ...talk, task: { ...active, values, awaiting: { slot: asks }, misses: 0 } }, say: [said] };
}

/** An answer that was promised for later, while something else may be under way. */
function answerLate(compiled: CompiledScript, talk: Talk, late: ActiveTask, result: Answered): Move {
  const task = compiled.tasks.get(late.id)!;
  const { phrases } = compiled.script;
  const within = { task, values: late.values, answer: result.answer };
  const texts: Record<Answered['outcome'], string> = {
    done: doneText(compiled, task, late.values, result.answer),
    refused: compiled.say(task.refused?.say ?? phrases.not_sure, within),
    failed: compiled.say(phrases.not_sure),
    unknown: compiled.say(phrases.not_sure),
    waiting: '',
  };
  const next = { ...talk, waiting: talk.waiting.filter((each) => each !== late) };
  return { talk: next, say: [texts[result.outcome], ...(talk.task ? pending(compiled, next) : [])] };
}
