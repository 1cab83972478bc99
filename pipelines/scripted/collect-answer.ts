import type { CompiledScript, Task } from './compile-script.ts';
import { refuses } from './read-command.ts';
import { readDigits } from './read-digits.ts';
import { phoneDigits, readAnswer, readMention, type Slot, type SlotValue, withoutValue } from './read-slot.ts';
import { advance, mentions, startTask } from './run-task.ts';
import { type ActiveTask, idle, type Move, type Talk } from './talk.ts';
import { answers, type Heard } from './understand.ts';

/** Tries for one answer before the agent goes on without it. */
const tries = 3;
const thisNumber =
  /\b(?:this|same|that) (?:number|phone|line)\b|\b(?:number|phone|one) (?:that )?(?:i(?:['’]?m| am)|you (?:have|called|see)|we(?:['’]?re| are))\b|\bcaller id\b/i;
const correcting = /^(?:(?:oh|um|uh) )?(?:no|sorry|wait|actually|i mean|correction|i meant)\b/i;

type Asked = { compiled: CompiledScript; talk: Talk; active: ActiveTask; task: Task; slot: Slot; heard: Heard };

/** A turn in which the agent has asked for a slot: takes the answer, and whatever else was said with it. */
export function collectAnswer(asked: Asked): Move {
  const { compiled, talk, active, task, slot, heard } = asked;
  if (slot.kind !== 'text') {
    const elsewhere = digress(asked, 0.7);
    if (elsewhere) return elsewhere;
  } else if (heard.question && heard.factScore >= 0.8) return answered(asked);

  const { utterance } = heard;
  const refused = refuses(utterance) && !['yes_no', 'choice', 'name'].includes(slot.kind);
  const others = task.slots.filter(({ id, kind }) => id !== slot.id && !(id in active.values) && kind !== 'text');
  const said = mentions(slot.kind === 'text' ? others.filter(({ kind }) => kind === 'phone') : others, utterance);
  const rest = task.slots.reduce((text, each) => (each.id in said ? withoutValue(each, text) : text), utterance);
  const value = refused ? null : slotAnswer(asked, slot.kind === 'text' ? utterance : rest);

  if (value !== undefined) {
    const values = { ...active.values, ...said, [slot.id]: value };
    const target = slot.leads_to?.[value === true ? 'yes' : value === false ? 'no' : String(value)];
    const next = target === undefined ? undefined : compiled.tasks.get(target);
    if (next) return startTask(compiled, talk, next, utterance);
    return advance(compiled, talk, { ...active, values, digits: '' });
  }
  const corrected = correcting.test(utterance) ? correction(task, active, utterance) : {};
  if (Object.keys(said).length > 0 || Object.keys(corrected).length > 0) {
    const acknowledged = Object.keys(corrected).length > 0 ? [compiled.say(compiled.script.phrases.changed)] : [];
    return advance(compiled, talk, { ...active, values: { ...active.values, ...said, ...corrected } }, acknowledged);
  }
  const digits = partialNumber(asked);
  if (digits !== undefined) {
    return { talk: { ...talk, task: { ...active, digits } }, say: [compiled.say(compiled.script.phrases.go_on)] };
  }
  return refuses(utterance)
    ? advance(compiled, talk, { ...active, values: { ...active.values, [slot.id]: null } })
    : (digress(asked, 0.5) ?? misunderstood(asked));
}

/** Asks once more; after some tries the agent goes on without the answer, or offers a message, rather than in circles. */
export function misunderstood({ compiled, talk, active, slot }: Omit<Asked, 'heard' | 'task'>): Move {
  const misses = active.misses + 1;
  if (misses >= tries && slot.kind === 'yes_no' && compiled.message && compiled.message.id !== active.id) {
    return { talk: { ...idle(talk), offered: '' }, say: [compiled.say(compiled.script.unknown)] };
  }
  if (misses >= tries && slot.kind !== 'yes_no') {
    return advance(compiled, talk, { ...active, values: { ...active.values, [slot.id]: null } });
  }
  const again = compiled.say(compiled.script.phrases.again);
  const say = misses === 1 && slot.retry ? [compiled.say(slot.retry)] : [again, compiled.say(slot.ask)];
  return { talk: { ...talk, task: { ...active, misses } }, say };
}

function slotAnswer({ compiled, slot, active }: Asked, utterance: string): SlotValue | undefined {
  if (slot.kind !== 'phone') return readAnswer(slot, utterance);
  const whole = readAnswer(slot, utterance);
  if (whole === undefined && thisNumber.test(utterance)) return compiled.say(compiled.script.phrases.this_number);
  if (whole !== undefined || active.digits === '') return whole;
  const joined = active.digits + (readDigits(utterance)?.digits ?? '');
  const finished = /\b(?:that is|that's|thats) (?:it|all|everything)\b|^(?:yes|yeah|correct|done)\b/i.test(utterance);
  return joined.length >= phoneDigits || finished ? joined : undefined;
}

function partialNumber({ slot, active, heard }: Asked): string | undefined {
  if (slot.kind !== 'phone') return undefined;
  const read = readDigits(heard.utterance);
  return read && (heard.words.length <= 8 || read.digits.length >= 3) ? active.digits + read.digits : undefined;
}

/** A value that was given before and is now said differently. */
function correction(task: Task, active: ActiveTask, utterance: string): Record<string, SlotValue> {
  const rest = utterance.replace(correcting, '').replace(/^[\s,.:]+/, '');
  const values: Record<string, SlotValue> = {};
  for (const slot of task.slots) {
    const value = slot.id in active.values && slot.kind !== 'text' ? readMention(slot, rest) : undefined;
    if (value !== undefined && value !== active.values[slot.id]) values[slot.id] = value;
  }
  return values;
}

/** A question or another wish in place of an answer. */
function digress(asked: Asked, from: number): Move | undefined {
  const { compiled, talk, active, slot, heard } = asked;
  const { task, taskScore, factScore, question, utterance } = heard;
  const answersIt =
    slot.kind === 'yes_no' || slot.kind === 'choice' ? readAnswer(slot, utterance) !== undefined : false;
  const strong = (score: number) => score >= from && (question || !answersIt || score >= 0.8);
  const other = task && task.id !== active.id && slot.leads_to?.['no'] !== task.id ? task : undefined;
  const leadsThere = task && slot.leads_to?.['no'] === task.id && readAnswer(slot, utterance) !== true;
  if (other && taskScore >= factScore && strong(taskScore)) return startTask(compiled, talk, other, utterance);
  if (leadsThere && strong(taskScore)) return startTask(compiled, talk, task, utterance);
  if (factScore < from || (!question && factScore < 0.8)) return undefined;
  return answersIt && !question ? undefined : answered(asked);
}

function answered({ compiled, talk, active, slot, heard }: Asked): Move {
  return {
    talk: { ...talk, task: { ...active, misses: 0 } },
    say: [...answers(compiled, heard), compiled.say(slot.ask)],
  };
}
