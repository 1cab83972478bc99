import { collectAnswer, misunderstood } from './collect-answer.ts';
import type { CompiledScript, Task } from '../compile-script.ts';
import { confirmTask } from './confirm-task.ts';
import { askedSlot, pending } from './pending.ts';
import { introduced, readMention, type Slot } from '../reading/read-slot.ts';
import { readYesNo } from '../reading/read-yes-no.ts';
import { close, failed, leave, runTool, startTask } from './run-task.ts';
import { takeLeave } from './take-leave.ts';
import { type ActiveTask, idle, type Move, resumed, type Talk } from './talk.ts';
import { answers, type Heard, understand } from '../reading/understand.ts';
import { giveUp, notUnderstood, reachPerson, takeDown, tries, unknown } from './way-out.ts';

/**
 * The agent's answer to an utterance. Pure: the same talk and utterance always give the same move.
 * @param papers What papers of the agent say about it; told where the script itself has no answer.
 */
export function respond(compiled: CompiledScript, talk: Talk, utterance: string, papers?: string): Move {
  const heard: Heard = { ...understand(compiled, utterance), ...(papers !== undefined && { papers }) };
  if (heard.words.length === 0 && readYesNo(utterance) === undefined) return notHeard(compiled, talk);
  const move = command(compiled, talk, heard);
  if (move) return move;
  const task = talk.task && compiled.tasks.get(talk.task.id);
  if (task && talk.task) return inTask({ compiled, talk, active: talk.task, task, heard });
  return talk.offered ? afterOffer(compiled, talk, heard) : inTheOpen(compiled, talk, heard);
}

type InTask = { compiled: CompiledScript; talk: Talk; active: ActiveTask; task: Task; heard: Heard };

function inTask({ compiled, talk, active, task, heard }: InTask): Move {
  const slot = askedSlot(task, active);
  if (slot && active.unasked) return beforeFirstQuestion({ compiled, talk, active, task, heard }, slot);
  if (slot) return collectAnswer({ compiled, talk, active, task, slot, heard });
  if (active.awaiting !== 'retry') return confirmTask({ compiled, talk, active, task, heard });
  const again = readYesNo(heard.utterance);
  if (again === true && active.misses < tries) return runTool(compiled, talk, active);
  if (again === true) return giveUp(compiled, talk);
  return again === false
    ? close(compiled, talk, [compiled.say(compiled.script.phrases.dropped)])
    : failed(compiled, talk);
}

/** An opening task whose greeting asked nothing yet: answers a question first, then asks. */
function beforeFirstQuestion({ compiled, talk, active, heard }: InTask, slot: Slot): Move {
  if (heard.task && heard.task.id !== active.id) return startTask(compiled, talk, heard.task, heard.utterance);
  const task = { ...active, unasked: false };
  return { talk: { ...talk, task }, say: [...answers(compiled, heard), compiled.say(slot.ask)] };
}

/** Commands that mean the same at any time. In a dictated message only short ones count. */
function command(compiled: CompiledScript, talk: Talk, heard: Heard): Move | undefined {
  const { script, say } = compiled;
  const { phrases } = script;
  const active = talk.task;
  const task = active && compiled.tasks.get(active.id);
  const slot = active && task && askedSlot(task, active);
  if (slot?.kind === 'text' && heard.words.length > 6) return undefined;
  const free = !active && !talk.offered;
  switch (heard.command) {
    case 'wait':
      return { talk, say: [say(phrases.take_your_time)] };
    case 'repeat':
      return { talk, say: [say(phrases.repeat), ...(talk.last === '' ? pending(compiled, talk) : [talk.last])] };
    case 'robot':
      return { talk, say: [say(phrases.robot), ...pending(compiled, talk)] };
    case 'how-are-you':
      return { talk, say: [say(phrases.how_are_you), ...pending(compiled, talk)] };
    case 'hello':
      return { talk, say: free ? [say(phrases.hello)] : pending(compiled, talk) };
    case 'back':
      return { talk, say: pending(compiled, talk) };
    case 'human':
      return reachPerson(compiled, talk, heard.utterance);
    case 'drop':
      return free && !talk.suspended ? undefined : close(compiled, idle(talk), [say(phrases.dropped)]);
    case 'goodbye':
      return takeLeave(compiled, talk, heard, slot);
    case 'wrong-number':
      return active || heard.task ? undefined : leave(compiled, talk);
    case 'thanks':
      return talk.closing ? leave(compiled, talk) : free ? close(compiled, talk, []) : undefined;
    case 'done':
      return free || !active ? leave(compiled, talk) : undefined;
    default:
      return undefined;
  }
}

/** Nothing but noise: asks again, then offers a message, then ends. */
function notHeard(compiled: CompiledScript, talk: Talk): Move {
  const task = talk.task && compiled.tasks.get(talk.task.id);
  if (!task || !talk.task) return notUnderstood(compiled, talk);
  return misunderstood({ compiled, talk, active: talk.task, task, slot: askedSlot(task, talk.task) });
}

/** After "shall I take a message?": yes starts it with what could not be answered. */
function afterOffer(compiled: CompiledScript, talk: Talk, heard: Heard): Move {
  const { message } = compiled;
  const agreed = heard.command === 'done' ? false : readYesNo(heard.utterance);
  const asksElse =
    heard.factScore > 0 ||
    (heard.papers !== undefined && heard.question) ||
    (heard.task && (agreed !== true || heard.task !== message));
  // "Sure, that works" is a yes, whatever words of it the script knows.
  const plainYes = agreed === true && !heard.question && heard.words.length <= 4;
  if (asksElse && !plainYes) return inTheOpen(compiled, idle(talk), heard);
  const answer = answersSuspended(compiled, talk, heard);
  if (answer) return answer;
  if (agreed === false) return close(compiled, idle(talk), []);
  if (message && (agreed === true || 'phone' in introduced(heard.utterance))) {
    return takeDown(compiled, talk, heard.utterance);
  }
  return heard.words.length >= 4 ? unknown(compiled, talk, heard.utterance) : notUnderstood(compiled, talk);
}

/** The caller passes over the offer and answers what was asked before it. */
function answersSuspended(compiled: CompiledScript, talk: Talk, heard: Heard): Move | undefined {
  const active = talk.suspended;
  const task = active && compiled.tasks.get(active.id);
  const slot = active && task && askedSlot(task, active);
  if (!active || !task || !slot || readMention(slot, heard.utterance) === undefined) return undefined;
  return collectAnswer({ compiled, talk: resumed(talk), active, task, slot, heard });
}

/** A turn in which nothing is pending. */
function inTheOpen(compiled: CompiledScript, talk: Talk, heard: Heard): Move {
  const { script, say } = compiled;
  const told = introduced(heard.utterance);
  const next = { ...talk, known: { ...talk.known, ...told } };
  const said = answers(compiled, heard);
  if (heard.task) {
    const move = startTask(compiled, next, heard.task, heard.utterance);
    return { ...move, say: [...said, ...move.say] };
  }
  if (said.length > 0) {
    return talk.closing ? { talk: idle(next), say: said } : close(compiled, idle(next), said);
  }
  // Who says yes, or who they are, asks for nothing.
  if (heard.papers !== undefined && heard.words.length > 1 && Object.keys(told).length === 0)
    return talk.closing ? { talk: idle(next), say: [heard.papers] } : close(compiled, idle(next), [heard.papers]);
  const answer = readYesNo(heard.utterance);
  if (heard.words.length <= 4 && answer !== undefined) {
    if (answer) return { talk: idle(next), say: [say(script.phrases.go_ahead)] };
    return talk.closing ? leave(compiled, next) : close(compiled, idle(next), []);
  }
  if (Object.keys(told).length > 0 && heard.words.length <= 7) {
    return { talk: idle(next), say: [say(script.phrases.hello)] };
  }
  if (heard.words.length <= 2 && talk.misses === 0) return notUnderstood(compiled, next);
  return unknown(compiled, next, heard.utterance);
}
