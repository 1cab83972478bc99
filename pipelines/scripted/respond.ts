import { collectAnswer, misunderstood } from './collect-answer.ts';
import type { CompiledScript, Task } from './compile-script.ts';
import { confirmTask } from './confirm-task.ts';
import { readAnswer, readMention, type Slot } from './read-slot.ts';
import { readYesNo } from './read-yes-no.ts';
import { advance, close, failed, leave, runTool, startTask } from './run-task.ts';
import { type ActiveTask, idle, type Move, type Talk } from './talk.ts';
import { answers, type Heard, understand } from './understand.ts';

/** The agent's answer to an utterance. Pure: the same talk and utterance always give the same move. */
export function respond(compiled: CompiledScript, talk: Talk, utterance: string): Move {
  const heard = understand(compiled, utterance);
  if (heard.words.length === 0) return notHeard(compiled, talk);
  const move = command(compiled, talk, heard);
  if (move) return move;
  const task = talk.task && compiled.tasks.get(talk.task.id);
  if (task && talk.task) return inTask({ compiled, talk, active: talk.task, task, heard });
  return talk.offered === undefined ? inTheOpen(compiled, talk, heard) : afterOffer(compiled, talk, heard);
}

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
  if (talk.offered !== undefined) return [say(script.unknown)];
  return [say(talk.closing ? script.anything_else : script.phrases.go_ahead)];
}

type InTask = { compiled: CompiledScript; talk: Talk; active: ActiveTask; task: Task; heard: Heard };

const askedSlot = (task: Task, { awaiting }: ActiveTask): Slot | undefined =>
  typeof awaiting === 'object' ? task.slots.find(({ id }) => id === awaiting.slot) : undefined;

function inTask({ compiled, talk, active, task, heard }: InTask): Move {
  const slot = askedSlot(task, active);
  if (slot && active.unasked) return beforeFirstQuestion({ compiled, talk, active, task, heard }, slot);
  if (slot) return collectAnswer({ compiled, talk, active, task, slot, heard });
  if (active.awaiting !== 'retry') return confirmTask({ compiled, talk, active, task, heard });
  const again = readYesNo(heard.utterance);
  if (again === true) return runTool(compiled, talk, active);
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
  const free = !active && talk.offered === undefined;
  const around = (phrase: string): Move => ({ talk, say: [say(phrase), ...(free ? [] : pending(compiled, talk))] });
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
      return free ? around(phrases.hello) : { talk, say: pending(compiled, talk) };
    case 'human':
      return offerPerson(compiled, talk);
    case 'drop':
      return free ? undefined : close(compiled, talk, [say(phrases.dropped)]);
    case 'goodbye':
      return goodbye(compiled, talk, heard, slot);
    case 'thanks':
      return talk.closing ? leave(compiled, talk) : free ? close(compiled, talk, []) : undefined;
    case 'done':
      return free || !active ? leave(compiled, talk) : undefined;
    default:
      return undefined;
  }
}

/** Before hanging up, what the caller has dictated is passed on, also when the rest is missing. */
function goodbye(compiled: CompiledScript, talk: Talk, heard: Heard, slot: Slot | undefined): Move {
  const active = talk.task;
  const task = active && compiled.tasks.get(active.id);
  if (!active || !task?.tool) return leave(compiled, talk);
  const last =
    slot && ['yes_no', 'choice', 'number'].includes(slot.kind) ? readAnswer(slot, heard.utterance) : undefined;
  if (slot && last !== undefined) {
    return collectAnswer({ compiled, talk, active: { ...active, leaving: true }, task, slot, heard });
  }
  const dictated = task.slots.some(({ id, kind }) => kind === 'text' && typeof active.values[id] === 'string');
  const complete = task.slots.length > 0 && task.slots.every(({ id }) => id in active.values);
  if (!dictated && !complete) return leave(compiled, talk);
  const missing = Object.fromEntries(task.slots.map(({ id }) => [id, active.values[id] ?? null]));
  return runTool(compiled, talk, { ...active, values: missing, leaving: true });
}

function offerPerson(compiled: CompiledScript, talk: Talk): Move {
  const { message, script, say } = compiled;
  if (!message) return { talk, say: [say(script.phrases.robot), ...pending(compiled, talk)] };
  if (talk.task?.id === message.id) return { talk, say: [say(script.phrases.robot), ...pending(compiled, talk)] };
  return { talk: { ...idle(talk), offered: '' }, say: [say(script.phrases.human)] };
}

/** Nothing but noise: asks again, then offers a message. */
function notHeard(compiled: CompiledScript, talk: Talk): Move {
  const task = talk.task && compiled.tasks.get(talk.task.id);
  const slot = task && talk.task && askedSlot(task, talk.task);
  if (talk.task && slot) return misunderstood({ compiled, talk, active: talk.task, slot });
  if (talk.task || talk.offered !== undefined) {
    return { talk, say: [compiled.say(compiled.script.phrases.again), ...pending(compiled, talk)] };
  }
  if (talk.misses >= 1) return unknown(compiled, talk, '');
  return { talk: { ...talk, misses: talk.misses + 1 }, say: [compiled.say(compiled.script.phrases.again)] };
}

function unknown(compiled: CompiledScript, talk: Talk, utterance: string): Move {
  const next = idle(talk);
  const say = [compiled.say(compiled.script.unknown)];
  return { talk: compiled.message ? { ...next, offered: utterance } : next, say };
}

/** After "shall I take a message?": yes starts it with what could not be answered. */
function afterOffer(compiled: CompiledScript, talk: Talk, heard: Heard): Move {
  const { message } = compiled;
  const agreed = heard.command === 'done' ? false : readYesNo(heard.utterance);
  if (heard.factScore > 0 || heard.task) {
    if (agreed !== true || heard.task !== message) return inTheOpen(compiled, idle(talk), heard);
  }
  if (agreed === false) return close(compiled, talk, []);
  if (agreed !== true || !message) return unknownAgain(compiled, talk, heard);
  const text = message.slots.find(({ kind }) => kind === 'text');
  const told = text && readMention(text, heard.utterance);
  const asked = told === undefined && (talk.offered ?? '').split(/\s+/).length >= 4 ? talk.offered : undefined;
  const move = startTask(compiled, idle(talk), message, heard.utterance);
  if (!text || asked === undefined || !move.talk.task) return move;
  const values = { ...move.talk.task.values, [text.id]: asked.replace(/[.\s]+$/, '') };
  return advance(compiled, idle(talk), { ...move.talk.task, values });
}

function unknownAgain(compiled: CompiledScript, talk: Talk, heard: Heard): Move {
  if (heard.words.length >= 4) return unknown(compiled, talk, heard.utterance);
  return { talk, say: [compiled.say(compiled.script.phrases.again), ...pending(compiled, talk)] };
}

/** A turn in which nothing is pending. */
function inTheOpen(compiled: CompiledScript, talk: Talk, heard: Heard): Move {
  const { script, say } = compiled;
  const next = { ...talk, known: { ...talk.known, ...introduced(heard.utterance) } };
  const said = answers(compiled, heard);
  if (heard.task) {
    const move = startTask(compiled, next, heard.task, heard.utterance);
    return { ...move, say: [...said, ...move.say] };
  }
  if (said.length > 0) {
    return talk.closing ? { talk: idle(next), say: said } : close(compiled, next, said);
  }
  const answer = readYesNo(heard.utterance);
  if (heard.words.length <= 4 && answer !== undefined) {
    if (answer) return { talk: idle(next), say: [say(script.phrases.go_ahead)] };
    return talk.closing ? leave(compiled, next) : close(compiled, next, []);
  }
  if (Object.keys(introduced(heard.utterance)).length > 0 && heard.words.length <= 7) {
    return { talk: idle(next), say: [say(script.phrases.hello)] };
  }
  if (heard.words.length <= 2 && talk.misses === 0) {
    return { talk: { ...next, misses: 1 }, say: [say(script.phrases.again)] };
  }
  return unknown(compiled, next, heard.utterance);
}

/** A name or number that the caller gives without being asked. */
function introduced(utterance: string): Talk['known'] {
  const name = readMention({ id: 'name', ask: '', kind: 'name' }, utterance);
  const phone = readMention({ id: 'phone', ask: '', kind: 'phone' }, utterance);
  return { ...(name !== undefined && { name }), ...(phone !== undefined && { phone }) };
}
