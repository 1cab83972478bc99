import { applySpelling, hintsAtLetter } from '../reading/apply-spelling.ts';
import { asideQuestion, misunderstood } from './collect-answer.ts';
import type { CompiledScript, Task } from '../compile-script.ts';
import { readDate } from '../reading/read-date.ts';
import { readDigits } from '../reading/read-digits.ts';
import { readName } from '../reading/read-name.ts';
import { phoneDigits, readAnswer, readMention, type Slot, type SlotValue } from '../reading/read-slot.ts';
import { readYesNo } from '../reading/read-yes-no.ts';
import { advance, runTool, startTask } from './run-task.ts';
import { soundOf, soundsLike } from '../reading/sounds-like.ts';
import type { ActiveTask, Move, Talk } from './talk.ts';
import { tokenize } from '../reading/tokenize.ts';
import { answers, type Heard } from '../reading/understand.ts';

const kindWords: Record<Slot['kind'], readonly string[]> = {
  name: ['name', 'surname'],
  phone: ['number', 'phone', 'digit', 'digits', 'telephone'],
  number: [],
  date: ['day', 'date'],
  time: ['time', 'hour'],
  yes_no: [],
  choice: [],
  text: ['message', 'text', 'note'],
};
const adding =
  /^(?:(?:yes|yeah|oh|um|uh|sure|okay|ok)[, ]+)*(?:and |but |also |plus |please )*(?:also |add |and )+(?:that )?/i;
const negating =
  /^(?:(?:oh|um|uh|well)[, ]+)*(?:no|nope|not quite|not really|wrong|wait|sorry|actually|almost|yes but|yeah but|i mean)[,.! ]+(?:(?:no|sorry|actually|but|that(?:'s| is) (?:wrong|not right|not correct|incorrect))[,.! ]+)*/i;

type Confirming = { compiled: CompiledScript; talk: Talk; active: ActiveTask; task: Task; heard: Heard };

/** A turn after the read-back: yes runs the tool, anything else is a correction, an addition or a question. */
export function confirmTask({ compiled, talk, active, task, heard }: Confirming): Move {
  const { utterance } = heard;
  const changing = active.awaiting === 'change';
  const agreed = heard.command === 'done' || heard.command === 'thanks' ? true : readYesNo(utterance);
  const changes = corrections(task, active, utterance, changing);
  const asked = Object.entries(changes).find(([, value]) => value === undefined)?.[0];
  if (asked === undefined && Object.keys(changes).length > 0) {
    const values = { ...active.values, ...(changes as Record<string, SlotValue>) };
    return advance(compiled, talk, { ...active, values }, [compiled.say(compiled.script.phrases.changed)]);
  }
  const alsoAsked = heard.question && heard.factScore > 0 ? answers(compiled, heard) : [];
  if (agreed === true && asked === undefined) return runTool(compiled, talk, active, alsoAsked);
  if (heard.task && heard.task.id !== task.id && heard.taskScore >= 0.75) {
    return startTask(compiled, talk, heard.task, utterance);
  }
  if (alsoAsked.length > 0) return advance(compiled, talk, active, alsoAsked);
  if (asked !== undefined) {
    const values = Object.fromEntries(Object.entries(active.values).filter(([id]) => id !== asked));
    return advance(compiled, talk, { ...active, values, digits: '' });
  }
  if (agreed === false) {
    const say = [compiled.say(compiled.script.phrases.what_to_change)];
    return { talk: { ...talk, task: { ...active, awaiting: 'change' } }, say };
  }
  return asideQuestion({ compiled, talk, active, heard }) ?? misunderstood({ compiled, talk, active, task, heard });
}

/** New values by slot; `undefined` where the caller names what is wrong but not what is right. */
function corrections(
  task: Task,
  active: ActiveTask,
  utterance: string,
  changing: boolean,
): Record<string, SlotValue | undefined> {
  const rest = utterance.replace(negating, '').trim();
  const words = tokenize(rest);
  const changed: Record<string, SlotValue | undefined> = {};
  for (const slot of task.slots) {
    const named = names(slot, words);
    const value = newValue({ slot, rest, utterance, named, changing, old: active.values[slot.id] ?? null });
    if (value !== undefined && value !== active.values[slot.id]) changed[slot.id] = value;
    else if (named && value === undefined && readYesNo(utterance) !== true) changed[slot.id] = undefined;
  }
  return changed;
}

function names(slot: Slot, words: readonly string[]): boolean {
  return [...kindWords[slot.kind], ...slot.id.split('_')].some((word) => words.includes(word));
}

type Correction = {
  slot: Slot;
  rest: string;
  utterance: string;
  named: boolean;
  changing: boolean;
  old: SlotValue;
};

function newValue({ slot, rest, utterance, named, changing, old }: Correction): SlotValue | undefined {
  const loosely = named || changing;
  switch (slot.kind) {
    case 'phone': {
      const digits = readDigits(rest)?.digits;
      if (!digits || digits.length >= phoneDigits) return digits;
      const ending = /\b(?:ends?|ending|last)\b/i.test(rest) && typeof old === 'string';
      return ending ? old.slice(0, -digits.length) + digits : undefined;
    }
    case 'name':
      return newName(rest, utterance, { old, changing, named });
    case 'text':
      return newText(rest, old, named);
    case 'date':
    case 'number':
    case 'choice':
      return loosely ? readAnswer(slot, rest) : readMention(slot, rest);
    case 'time': {
      const timeOnly = readDate(rest, false)?.rest ?? rest;
      return readDigits(rest)?.digits.length === phoneDigits
        ? undefined
        : loosely
          ? readAnswer(slot, timeOnly)
          : readMention(slot, timeOnly);
    }
    case 'yes_no':
      return undefined;
  }
}

function newName(
  rest: string,
  utterance: string,
  { old, changing, named }: Pick<Correction, 'old' | 'changing' | 'named'>,
): string | undefined {
  const hinted = hintsAtLetter(rest) || /(?:\b[a-z][ -]){2,}[a-z]\b/i.test(rest);
  const corrected =
    rest !== utterance && tokenize(rest).length <= 5 && /\b(?:it|name|i)(?:['’]?s|['’]?m| is| am)\b/i.test(rest);
  const bare = changing && tokenize(rest).length <= 3 && !readDigits(rest) && !readDate(rest, true);
  const name = readName(rest, hinted || corrected || bare || named);
  const before = typeof old === 'string' ? old : '';
  if (!name) return hinted ? applySpelling(before, rest) : undefined;
  const words = before.split(' ').filter(Boolean);
  if (name.includes(' ') || words.length < 2) return name;
  if (/\b(?:last|sur|family) ?name\b/i.test(rest)) return [...words.slice(0, -1), name].join(' ');
  const alike = words.map((word) => soundsLike(soundOf(word.toLowerCase()), soundOf(name.toLowerCase())));
  words[Math.max(0, alike.indexOf(Math.max(...alike)))] = name;
  return words.join(' ');
}

function newText(rest: string, old: SlotValue, named: boolean): string | undefined {
  const replaced =
    /\bmessage (?:is|should be|should say|should read|to)[,:]? (?!(?:all |not |still )?(?:wrong|right|correct|incorrect|different|fine)\b)(.+)/i.exec(
      rest,
    )?.[1];
  if (named && replaced) return replaced.replace(/(?<![.\s])[.\s]+$/, '');
  const addition = adding.exec(rest);
  if (!addition) return undefined;
  const more = rest.slice(addition[0].length).replace(/(?<![.\s])[.\s]+$/, '');
  if (tokenize(more).length < 2) return undefined;
  return typeof old === 'string' ? `${old}, and ${more}` : more;
}
