import type { Expectation } from '../../calls/call.ts';
import type { Script } from '../../../pipelines/index.ts';
import { type Asked, questions } from './words/questions.ts';
import { longestRead, tongueOf } from './words/tongue.ts';

/** What the caller's answer is expected to be. */
export type Expected = {
  kind: Expectation;
  /** The question can be answered with yes or no as well: "May I have your number?" */
  yesOrNo: boolean;
  /** How many digits, where the question says so. */
  digits?: number;
};

/** What an agent can ask for, besides what its questions say. */
export type Asks = { script?: Script | undefined; tools: readonly string[]; language: string };

const slotKinds = { name: 'name', phone: 'telephone_number', yes_no: 'yes_no' } as const;
/** Tools that take a number to call back: asked for "your number", a caller tells that of a telephone. */
const wantNumbers: ReadonlySet<string> = new Set(['take-message', 'schedule-callback', 'do-not-call']);
const yourNumber: Readonly<Record<string, RegExp>> = {
  en: /\byour (?:best )?number\b/,
  de: /\bihre nummer\b/,
  fr: /votre numéro/,
  es: /su número/,
  it: /(?:il )?suo numero/,
  pt: /seu número/,
  nl: /uw nummer/,
};
const counted: Readonly<Record<string, number>> = { four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 };
/** A question, and a "take your time" after it. */
const sentencesRead = 2;

/**
 * What an agent expects to hear after it said `question`: from the slot of its script that asks so, its tools, and the words
 * of the question.
 */
export function expectationOf(question: string, { script, tools, language }: Asks): Expected {
  const text = question.trim().slice(-longestRead).toLowerCase().replace(/[’‘]/g, "'").replace(/\s+/g, ' ');
  const slot = script && slotAsking(text, script);
  const tongue = tongueOf(language);
  const known = questions[tongue];
  const asks = text
    .split(/(?<=[.!?…:])\s+/)
    .slice(-sentencesRead)
    .findLast((sentence) => sentence.endsWith('?') || invitations[tongue]?.test(sentence));
  const yesOrNo = slot === 'yes_no' || (asks !== undefined && isYesOrNoQuestion(asks, known));
  if (slot) return { kind: slot, yesOrNo };
  if (asks === undefined || !known) return { kind: 'open', yesOrNo };
  const [kind] = Object.entries(known.asked).find(([, pattern]) => pattern.test(asks)) ?? [];
  if (kind === 'digits') return { kind, yesOrNo, ...digitsAsked(asks) };
  if (kind) return { kind: kind as Asked, yesOrNo };
  if (yourNumber[tongue]?.test(asks) && tools.some((tool) => wantNumbers.has(tool)))
    return { kind: 'telephone_number', yesOrNo };
  return { kind: yesOrNo ? 'yes_no' : 'open', yesOrNo };
}

function isYesOrNoQuestion(sentence: string, known: (typeof questions)[string] | undefined): boolean {
  return known !== undefined && sentence.endsWith('?') && known.yesOrNo.test(sentence) && !known.choice.test(sentence);
}

/** A request without a question mark: "Please tell me your number." */
const invitations: Readonly<Record<string, RegExp>> = {
  en: /\b(?:please|tell me|give me|say|enter|spell|let me have)\b/,
  de: /\b(?:bitte|nennen|sagen|geben|buchstabieren)\b/,
  fr: /s'il vous plaît|donnez|dites|indiquez|épelez/,
  es: /por favor|dígame|deme|indique|deletree/,
  it: /per favore|mi dica|mi dia|indichi/,
  pt: /por favor|diga|informe|soletre/,
  nl: /alstublieft|noem|geef|zeg|spel/,
};

function digitsAsked(question: string): { digits?: number } {
  const said = /\b(\d{1,2}|four|five|six|seven|eight|nine|ten)[- ]digits?\b/.exec(question)?.[1];
  const digits = said === undefined ? undefined : (counted[said] ?? Number(said));
  return digits ? { digits } : {};
}

/** The kind of the slot whose question ends what was said. */
function slotAsking(text: string, { tasks }: Script): (typeof slotKinds)[keyof typeof slotKinds] | undefined {
  for (const { slots, confirm } of tasks) {
    if (confirm && endsWith(text, confirm)) return 'yes_no';
    const slot = slots.find(({ ask, retry }) => endsWith(text, ask) || (retry !== undefined && endsWith(text, retry)));
    if (slot) return slot.kind in slotKinds ? slotKinds[slot.kind as keyof typeof slotKinds] : undefined;
  }
  return undefined;
}

/** A template may have anything in place of its variables. */
function endsWith(text: string, template: string): boolean {
  const parts = template
    .trim()
    .toLowerCase()
    .split(/\{\{[^}]*\}\}/);
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+'));
  return new RegExp(`${pattern.join('.*')}$`, 's').test(text);
}
