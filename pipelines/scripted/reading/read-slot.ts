import type { Script } from '../script.ts';
import { readChoice } from './read-choice.ts';
import { readDate } from './read-date.ts';
import { readDigits } from './read-digits.ts';
import { readName } from './read-name.ts';
import { readNumber } from './read-number.ts';
import { readTime } from './read-time.ts';
import { readYesNo } from './read-yes-no.ts';
import { tokenize } from './tokenize.ts';

export type Slot = Script['tasks'][number]['slots'][number];

/** What a slot holds: text, a number, yes or no, or `null` where the caller would not say. */
export type SlotValue = string | number | boolean | null;

/** Digits that make a whole phone number; fewer are the beginning of one. */
export const phoneDigits = 7;

const openers =
  /^(?:(?:uh|um|er|oh|well|so|yes|yeah|yep|sure|okay|ok|alright|all right|no|thanks|of course)[,.!]* +)+/i;
const telling =
  /\b(?:please |just )?(?:tell|ask|let|inform|remind) (?:him|her|them|the \p{L}+|(?:dr\.?|doctor|mr\.?|mrs\.?|ms\.?) \p{L}+|everyone) (?!something\b).+/iu;
const about = /\bmessage\b.*?\b((?:that|saying|about) .+)/i;

const correcting =
  /\b(?:no,? (?:wait|sorry|actually|i mean)|wait,? no|oh no|sorry|i mean|i meant|or rather|actually|scratch that|no)\b[,.]? */i;
const correctable: ReadonlySet<Slot['kind']> = new Set(['name', 'date', 'time', 'choice']);

/** The answer to a question that was just asked; of one that is corrected in the same breath, what was said last. */
export function readAnswer(slot: Slot, utterance: string): SlotValue | undefined {
  const parts = correctable.has(slot.kind) ? utterance.split(correcting) : [];
  const last = parts.pop();
  if (last !== undefined && parts.some((part) => readOnce(slot, part) !== undefined)) {
    return readOnce(slot, last) ?? readOnce(slot, utterance);
  }
  return readOnce(slot, utterance);
}

function readOnce(slot: Slot, utterance: string): SlotValue | undefined {
  switch (slot.kind) {
    case 'name':
      return readName(utterance, true);
    case 'phone': {
      const read = readDigits(utterance);
      return read && read.digits.replace('+', '').length >= phoneDigits ? read.digits : undefined;
    }
    case 'number': {
      const value = readNumber(utterance);
      return value === undefined || value < (slot.min ?? -Infinity) || value > (slot.max ?? Infinity)
        ? undefined
        : value;
    }
    case 'date':
      return readDate(utterance, true)?.value;
    case 'time':
      return readTime(utterance, true)?.value;
    case 'yes_no':
      return readYesNo(utterance);
    case 'choice':
      return readChoice(utterance, slot.choices ?? []);
    case 'text':
      return readText(utterance);
  }
}

/** A value said without being asked for, where its form leaves no doubt. */
export function readMention(slot: Slot, utterance: string): SlotValue | undefined {
  switch (slot.kind) {
    case 'name':
      return readName(utterance, false);
    case 'phone':
      return readAnswer(slot, utterance);
    case 'date':
      return readDate(utterance, false)?.value;
    case 'time':
      return readTime(readDate(utterance, false)?.rest ?? utterance, false)?.value;
    case 'text':
      return (telling.exec(utterance)?.[0] ?? about.exec(utterance)?.[1])?.replace(/(?<![.\s])[.\s]+$/, '');
    default:
      return undefined;
  }
}

/** A name or number that the caller gives without being asked. */
export function introduced(utterance: string): { name?: SlotValue; phone?: SlotValue } {
  const name = readMention({ id: 'name', ask: '', kind: 'name' }, utterance);
  const phone = readMention({ id: 'phone', ask: '', kind: 'phone' }, utterance);
  return { ...(name !== undefined && { name }), ...(phone !== undefined && { phone }) };
}

/** What was said besides the value of a slot, so that a second value is found in the remainder. */
export function withoutValue(slot: Slot, utterance: string): string {
  if (slot.kind === 'phone') return readDigits(utterance)?.rest ?? utterance;
  if (slot.kind === 'date') return readDate(utterance, false)?.rest ?? utterance;
  if (slot.kind === 'time') return readTime(utterance, false)?.rest ?? utterance;
  return utterance;
}

function readText(utterance: string): string | undefined {
  const text = utterance
    .trim()
    .replace(openers, '')
    .replace(/(?<![.\s])[.\s]+$/, '');
  return tokenize(text).length === 0 ? undefined : text;
}

/** A value as it is read back: a phone number digit by digit in groups, anything else as it stands. */
export function speakValue(slot: Slot, value: SlotValue, notGiven: string): string {
  if (value === null) return notGiven;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return slot.kind === 'phone' && /^\+?\d+$/.test(String(value)) ? speakDigits(String(value)) : String(value);
}

const digitNames = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

function speakDigits(number: string): string {
  const digits = number.replace('+', '');
  const country = number.startsWith('+') || (digits.length === 11 && digits.startsWith('1'));
  const groups: string[] = [];
  let rest = digits;
  if (country && rest.length === 11 && rest.startsWith('1')) {
    groups.push('1');
    rest = rest.slice(1);
  }
  while (rest.length > 4) {
    groups.push(rest.slice(0, 3));
    rest = rest.slice(3);
  }
  groups.push(rest);
  const spoken = groups
    .map((group) =>
      group
        .split('')
        .map((digit) => digitNames[Number(digit)])
        .join(' '),
    )
    .join(', ');
  return number.startsWith('+') ? `plus ${spoken}` : spoken;
}
