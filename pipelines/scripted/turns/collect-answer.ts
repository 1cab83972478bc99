import type { CompiledScript, Task, Values } from '../compile-script.ts';
import { refuses } from '../reading/read-command.ts';
import { readDigits } from '../reading/read-digits.ts';
import { phoneDigits, readAnswer, readMention, type Slot, type SlotValue, withoutValue } from '../reading/read-slot.ts';
import { pending } from './pending.ts';
import { advance, mentions, startTask } from './run-task.ts';
import type { ActiveTask, Move, Talk } from './talk.ts';
import { tokenize } from '../reading/tokenize.ts';
import { answers, type Heard } from '../reading/understand.ts';
import { giveUp, tries, unknown } from './way-out.ts';
import { passOn, worthPassingOn } from '../worth-passing-on.ts';

const thisNumber =
  /\b(?:this|same|that) (?:number|phone|line|one)\b|\bthe same$|\b(?:number|phone|one) (?:that )?(?:i(?:['’]?m| am)|you (?:have|called|see)|we(?:['’]?re| are))\b|\bcaller id\b|\b(?:has|have|see|got|know|knows) my (?:phone |cell )?number\b/i;
const leavesItOpen =
  /\b(?:does not matter|do not (?:care|mind)|no preference|any ?(?:time|day|one)|when ?ever|what ?ever|either(?: one)?|flexible|up to you|you (?:choose|pick|decide)|all the same)\b/;
const undecided = /\b(?:not sure|do not know|no idea|depends|maybe|have to (?:check|look|see|think))\b/;
/** Questions about the question: they are answered by asking again. */
const aboutAsking = /\b(?:why|what for|what do you mean|like what|which ones?|for what)\b/;
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
  const others = task.slots.filter(({ id, kind }) => id !== slot.id && !(id in active.values) && kind !== 'text');
  const said = mentions(slot.kind === 'text' ? others.filter(({ kind }) => kind === 'phone') : others, utterance);
  const rest = task.slots.reduce((text, each) => (each.id in said ? withoutValue(each, text) : text), utterance);
  const value = slotAnswer(asked, slot.kind === 'text' ? utterance : rest);

  if (value !== undefined) {
    const values = { ...active.values, ...said, [slot.id]: value };
    const target = slot.leads_to?.[value === true ? 'yes' : value === false ? 'no' : String(value)];
    const next = target === undefined ? undefined : compiled.tasks.get(target);
    if (next)
      return startTask(compiled, { ...talk, finished: { ...talk.finished, [task.id]: values } }, next, utterance);
    const alsoAsked = heard.question && heard.factScore >= 0.7 && slot.kind !== 'text' ? answers(compiled, heard) : [];
    return go(compiled, talk, { ...active, values, digits: '', allMisses: 0 }, alsoAsked);
  }
  const corrected = correcting.test(utterance) ? correction(task, active, utterance) : {};
  if (Object.keys(said).length > 0 || Object.keys(corrected).length > 0) {
    const acknowledged = Object.keys(corrected).length > 0 ? [compiled.say(compiled.script.phrases.changed)] : [];
    const values = { ...keepTold(asked, active.values), ...said, ...corrected };
    return advance(compiled, talk, { ...active, values, allMisses: 0 }, acknowledged);
  }
  const digits = refuses(utterance) ? undefined : partialNumber(asked);
  if (digits !== undefined) {
    return { talk: { ...talk, task: { ...active, digits } }, say: [compiled.say(compiled.script.phrases.go_on)] };
  }
  if (slot.kind === 'phone' && thisNumber.test(utterance)) {
    return misunderstood(asked, compiled.script.phrases.no_number);
  }
  const hesitates = undecided.test(heard.words.join(' ')) && active.misses === 0;
  // An answer that decides where the call goes cannot be done without.
  if (refuses(utterance) && !slot.leads_to && !(hesitates && ['date', 'time'].includes(slot.kind))) {
    return go(compiled, talk, { ...active, values: { ...active.values, [slot.id]: null } });
  }
  return digress(asked, 0.5) ?? asideQuestion(asked) ?? misunderstood(asked);
}

/** With all that is needed before a goodbye, nothing more is asked. */
function go(compiled: CompiledScript, talk: Talk, active: ActiveTask, said: string[] = []): Move {
  return active.leaving ? passOn(compiled, talk, active, said) : advance(compiled, talk, active, said);
}

/** A question the script does not answer, in place of an answer: offers to pass it on, then comes back. */
export function asideQuestion({
  compiled,
  talk,
  active,
  slot,
  heard,
}: Omit<Asked, 'slot' | 'task'> & { slot?: Slot | undefined }): Move | undefined {
  const { question, words, utterance } = heard;
  const asksFor = slot ? tokenize(slot.ask).filter((word) => word.length > 3) : [];
  const aboutSlot = aboutAsking.test(words.join(' ')) || asksFor.includes(words.at(-1) ?? '');
  const elsewhere = compiled.message?.id !== active.id && slot?.kind !== 'text' && !active.leaving;
  if (!question || words.length < 3 || aboutSlot || !elsewhere) return undefined;
  if (active.allMisses + 1 >= tries) return undefined;
  const task = { ...active, allMisses: active.allMisses + 1 };
  return unknown(compiled, { ...talk, task, misses: 0 }, utterance);
}

/**
 * Asks once more; after some tries the agent goes on without the answer, then with nothing but what it has, or offers a
 * message, rather than in circles.
 */
export function misunderstood(
  {
    compiled,
    talk,
    active,
    task,
    slot,
    heard,
  }: Omit<Asked, 'heard' | 'slot'> & { slot?: Slot | undefined; heard?: Heard },
  why: string = compiled.script.phrases.again,
): Move {
  const values = heard ? keepTold({ compiled, task, heard }, active.values) : active.values;
  const next = { ...active, values, misses: active.misses + 1, allMisses: active.allMisses + 1 };
  const { message } = compiled;
  if (next.allMisses > tries || (next.leaving && next.misses > 1)) {
    return worthPassingOn(task, values) ? passOn(compiled, talk, next) : giveUp(compiled, talk);
  }
  if (next.misses >= tries) {
    if (!slot) return active.awaiting === 'retry' ? giveUp(compiled, talk) : passOn(compiled, talk, next);
    if (slot.kind !== 'yes_no') return advance(compiled, talk, { ...next, values: { ...values, [slot.id]: null } });
    if (!message || message.id === active.id) return giveUp(compiled, talk);
    return unknown(compiled, { ...talk, task: next, misses: 0 }, '');
  }
  const added = !slot && values !== active.values;
  const again = compiled.say(added ? compiled.script.phrases.changed : why);
  const asking = { ...talk, task: next };
  const retry = next.misses === 1 && why === compiled.script.phrases.again ? slot?.retry : undefined;
  return { talk: asking, say: retry ? [compiled.say(retry)] : [again, ...pending(compiled, asking)] };
}

/** Nothing that was told for the message gets lost, though something else was asked. */
function keepTold({ compiled, task, heard }: Pick<Asked, 'compiled' | 'task' | 'heard'>, values: Values): Values {
  const text = task.slots.find(({ kind }) => kind === 'text');
  if (!text || task.id !== compiled.message?.id || heard.words.length < 4) return values;
  const before = values[text.id];
  return { ...values, [text.id]: typeof before === 'string' ? `${before}. ${heard.utterance}` : heard.utterance };
}

function slotAnswer(asked: Asked, utterance: string): SlotValue | undefined {
  const { compiled, slot, heard } = asked;
  const { phrases } = compiled.script;
  if (slot.kind === 'phone') return phoneAnswer(asked, utterance);
  if (slot.kind === 'number' && (refuses(utterance) || asksBack(heard))) return undefined;
  const value = readAnswer(slot, utterance);
  if (value !== undefined || !leavesItOpen.test(heard.words.join(' '))) return value;
  return slot.kind === 'date' ? phrases.any_day : slot.kind === 'time' ? phrases.any_time : undefined;
}

/** "Is five good or bad" names a number and does not choose it. */
const asksBack = ({ words }: Heard) => ['is', 'are', 'what', 'which', 'does', 'do', 'why'].includes(words[0] ?? '');

function phoneAnswer({ compiled, active }: Asked, utterance: string): SlotValue | undefined {
  const read = readDigits(utterance);
  if (read && read.digits.replace('+', '').length >= phoneDigits) return read.digits;
  if (thisNumber.test(utterance)) {
    return compiled.reaches.callNumber ? compiled.say(compiled.script.phrases.this_number) : undefined;
  }
  if (active.digits === '') return undefined;
  const joined = joinDigits(active.digits, utterance, read?.digits ?? '');
  const finished = /\b(?:that is|that's|thats) (?:it|all|everything)\b|^(?:yes|yeah|correct|done)\b/i.test(utterance);
  return joined.length >= phoneDigits || finished ? joined : undefined;
}

/** The rest of a number, or its last digits said anew. */
function joinDigits(before: string, utterance: string, digits: string): string {
  return correcting.test(utterance) ? before.slice(0, -digits.length || undefined) + digits : before + digits;
}

function partialNumber({ slot, active, heard }: Asked): string | undefined {
  if (slot.kind !== 'phone') return undefined;
  const read = readDigits(heard.utterance);
  const told = read && (heard.words.length <= 8 || read.digits.length >= 3);
  return told && /\d{2}|^\d$/.test(read.digits) ? joinDigits(active.digits, heard.utterance, read.digits) : undefined;
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
  const answersIt = answersSlot(compiled, slot, utterance);
  const strong = (score: number) => score >= from && (question || !answersIt || score >= 0.8);
  const other = task && task.id !== active.id && slot.leads_to?.['no'] !== task.id ? task : undefined;
  const leadsThere = task && slot.leads_to?.['no'] === task.id && readAnswer(slot, utterance) !== true;
  if (other && taskScore >= factScore && strong(taskScore)) return startTask(compiled, talk, other, utterance);
  if (leadsThere && strong(taskScore)) return startTask(compiled, talk, task, utterance);
  if (factScore < from || answersIt || (!question && factScore < 0.8)) return undefined;
  return answered(asked);
}

/** Whether this answers what was asked, whatever else it may be: a day in "how about Wednesday" is no question. */
function answersSlot({ match, facts }: CompiledScript, slot: Slot, utterance: string): boolean {
  if (slot.kind === 'yes_no' || slot.kind === 'choice') return readAnswer(slot, utterance) !== undefined;
  if (readMention(slot, utterance) === undefined) return false;
  return !match(withoutValue(slot, utterance)).some(({ id, score }) => facts.has(id) && score >= 0.5);
}

function answered({ compiled, talk, active, slot, heard }: Asked): Move {
  return {
    talk: { ...talk, task: { ...active, misses: 0 } },
    say: [...answers(compiled, heard), compiled.say(slot.ask)],
  };
}
